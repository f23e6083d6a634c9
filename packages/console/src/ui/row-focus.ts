import { useEffect, useRef } from 'preact/hooks'

/** From where one is among so many rows, to where the key leads. */
const targets: Readonly<Record<string, (here: number, count: number) => number>> = {
  ArrowDown: (here) => here + 1,
  ArrowUp: (here) => here - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** Goes from row to row where the key means that. */
export function moveFocus(event: KeyboardEvent, body: HTMLElement | null): void {
  const rows = [...(body?.children ?? [])]
  const here = rows.findIndex((row) => row.contains(event.target as Node))
  const target = rows[targets[event.key]?.(here, rows.length) ?? -1]
  if (!(target instanceof HTMLElement)) return
  event.preventDefault()
  focusRow(rows, target)
}

/** One row at a time is reached by Tab: the one that had the focus last. */
function focusRow(rows: readonly Element[], target: HTMLElement): void {
  for (const row of rows) if (row instanceof HTMLElement) row.tabIndex = row === target ? 0 : -1
  target.focus()
}

/** Where the focus goes that has lost its place: to the row that Tab reaches, or to the title of the screen. */
export function focusList(): void {
  const place =
    document.querySelector<HTMLElement>('.rows tbody tr[tabindex="0"]') ?? document.querySelector('h1')
  place?.focus({ preventScroll: true })
}

/** Whether nothing has the focus: what had it is gone. */
export function isFocusLost(): boolean {
  return document.activeElement === document.body
}

/**
 * Keeps the focus in a list from which its row has gone, after a delete: the next row has it then, or the title of the
 * screen where none is left.
 * @param ids of the rows, in their order
 * @returns what the body of the table listens to
 */
export function useRowFocus(
  body: { readonly current: HTMLElement | null },
  ids: readonly string[] | undefined,
) {
  const last = useRef<{ id: string; index: number } | undefined>()
  useEffect(() => {
    if (!ids || !last.current || ids.includes(last.current.id)) return
    const { index } = last.current
    last.current = undefined
    if (!isFocusLost()) return
    const rows = [...(body.current?.children ?? [])]
    const next = rows[Math.min(index, rows.length - 1)]
    if (next instanceof HTMLElement) focusRow(rows, next)
    else focusList()
  }, [ids, body])
  return {
    onFocusCapture: (event: FocusEvent) => {
      const rows = [...(body.current?.children ?? [])]
      const index = rows.findIndex((row) => row.contains(event.target as Node))
      const id = ids?.[index]
      last.current = id === undefined ? undefined : { id, index }
    },
  }
}
