import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { text } from '../text/en.ts'
import { Button, IconButton } from './button.tsx'
import { Empty, Failure, Skeleton } from './states.tsx'

export interface Column<Row> {
  id: string
  title: string
  cell: (row: Row) => ComponentChildren
  /** read out, and not shown */
  hidesTitle?: true
  /** where the screen is narrow it is left out */
  isWide?: boolean
  /** the name of the order, where the API sorts by it */
  sort?: string
  align?: 'right'
}

/** What is chosen among the rows, where rows can be. */
export interface Choice {
  chosen: ReadonlySet<string>
  onChoose: (chosen: ReadonlySet<string>) => void
}

interface TableProps<Row> {
  /** what the rows are, for whoever hears it */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[] | undefined
  idOf: (row: Row) => string
  nameOf: (row: Row) => string
  onOpen?: ((row: Row) => void) | undefined
  choice?: Choice | undefined
  sort?: { by: string; onSort: (by: string) => void } | undefined
  error?: unknown
  onRetry?: () => void
  more?: { isBusy: boolean; onMore: () => void } | undefined
  empty: ComponentChildren
}

/**
 * The one table of the console. Arrows go from row to row, Enter opens, Space chooses; a row is opened by a button of its
 * own as well, so that everything has a name.
 */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, error, onRetry, more, empty } = props
  const body = useRef<HTMLTableSectionElement>(null)
  if (error && !rows) return <Failure error={error} {...(onRetry && { onRetry })} />
  if (!rows) return <Skeleton />
  if (rows.length === 0) return <>{empty}</>
  return (
    <div>
      <div class="relative overflow-x-auto">
        <table class="w-full border-collapse text-left text-sm">
          <caption class="sr-only">
            {caption}. {text.table.keys}
          </caption>
          <Head {...props} rows={rows} />
          <tbody ref={body} onKeyDown={(event) => moveFocus(event, body.current)}>
            {rows.map((row, index) => (
              <Row key={props.idOf(row)} {...props} row={row} columns={columns} isFirst={index === 0} />
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <div class="flex justify-center p-4">
          <Button isBusy={more.isBusy} onClick={more.onMore}>
            {text.acts.more}
          </Button>
        </div>
      )}
    </div>
  )
}

type HeadProps<Row> = Pick<TableProps<Row>, 'columns' | 'choice' | 'idOf' | 'onOpen' | 'sort'> & {
  rows: readonly Row[]
}

function Head<Row>({ columns, choice, rows, idOf, onOpen, sort }: HeadProps<Row>) {
  const ids = rows.map(idOf)
  const areAllChosen = choice !== undefined && ids.every((id) => choice.chosen.has(id))
  return (
    <thead>
      <tr class="border-b border-line text-xs text-soft">
        {choice && (
          <th class="w-10 py-2 pl-4" scope="col">
            <input
              type="checkbox"
              class="size-4 accent-accent"
              aria-label={text.table.chooseAll}
              checked={areAllChosen}
              onChange={() => choice.onChoose(areAllChosen ? new Set() : new Set(ids))}
            />
          </th>
        )}
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sort} />
        ))}
        {onOpen && <td class="w-10" />}
      </tr>
    </thead>
  )
}

function HeadCell<Row>({ column, sort }: { column: Column<Row>; sort: TableProps<Row>['sort'] }) {
  const { id, title, isWide, align, hidesTitle } = column
  const sortId = column.sort
  const isDown = sortId !== undefined && sort?.by === `-${sortId}`
  const isUp = sortId !== undefined && sort?.by === sortId
  const look = `px-3 py-2 font-medium ${isWide ? 'hidden md:table-cell' : ''} ${align === 'right' ? 'text-right' : ''}`
  if (!sort || sortId === undefined)
    return (
      <th key={id} scope="col" class={look}>
        {hidesTitle ? <span class="sr-only">{title}</span> : title}
      </th>
    )
  return (
    <th scope="col" class={look} aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}>
      <button
        type="button"
        class="inline-flex items-center gap-1 hover:text-ink"
        onClick={() => sort.onSort(isDown ? sortId : `-${sortId}`)}
      >
        {title}
        <span aria-hidden="true">{isUp ? '↑' : isDown ? '↓' : ''}</span>
      </button>
    </th>
  )
}

type RowProps<Row> = Pick<TableProps<Row>, 'columns' | 'choice' | 'idOf' | 'nameOf' | 'onOpen'> & {
  row: Row
  isFirst: boolean
}

function Row<Row>({ row, columns, choice, idOf, nameOf, onOpen, isFirst }: RowProps<Row>) {
  const id = idOf(row)
  const isChosen = choice?.chosen.has(id) ?? false
  const choose = () => choice?.onChoose(toggled(choice.chosen, id))
  return (
    <tr
      class={`border-b border-line focus-visible:-outline-offset-2 ${onOpen ? 'cursor-pointer hover:bg-raised' : ''} ${isChosen ? 'bg-tint' : ''}`}
      tabIndex={isFirst ? 0 : -1}
      {...(choice && { 'aria-selected': isChosen })}
      onClick={(event) => {
        if (!isControl(event.target)) onOpen?.(row)
      }}
      onKeyDown={(event) => {
        if (isControl(event.target)) return
        if (event.key === 'Enter') onOpen?.(row)
        else if (event.key === ' ' && choice) choose()
        else return
        event.preventDefault()
      }}
    >
      {choice && (
        <td class="py-2 pl-4">
          <input
            type="checkbox"
            class="size-4 accent-accent"
            aria-label={text.table.choose(nameOf(row))}
            checked={isChosen}
            onChange={choose}
          />
        </td>
      )}
      {columns.map(({ id: columnId, cell, isWide, align }) => (
        <td
          key={columnId}
          class={`max-w-xs truncate px-3 py-2 ${isWide ? 'hidden md:table-cell' : ''} ${align === 'right' ? 'text-right tabular-nums' : ''}`}
        >
          {cell(row)}
        </td>
      ))}
      {onOpen && (
        <td class="py-1 pr-2 text-right">
          <IconButton icon="next" label={nameOf(row)} tabIndex={-1} onClick={() => onOpen(row)} />
        </td>
      )}
    </tr>
  )
}

function toggled(chosen: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return next
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, input, a, select, label') !== null
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

function moveFocus(event: KeyboardEvent, body: HTMLElement | null): void {
  const step = steps[event.key]
  const rows = [...(body?.children ?? [])]
  const here = rows.findIndex((row) => row.contains(event.target as Node))
  const target = step === undefined ? undefined : rows[here + step]
  if (!(target instanceof HTMLElement)) return
  event.preventDefault()
  for (const row of rows) if (row instanceof HTMLElement) row.tabIndex = row === target ? 0 : -1
  target.focus()
}

/** What a list without a row says: that there is nothing, or that nothing matches. */
export function EmptyList({ isFiltered, children }: { isFiltered: boolean; children?: ComponentChildren }) {
  if (isFiltered) return <Empty title={text.states.noMatch}>{text.states.noMatchHint}</Empty>
  return <Empty title={text.states.empty}>{children}</Empty>
}
