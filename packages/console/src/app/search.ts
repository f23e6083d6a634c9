import { useCallback } from 'preact/hooks'
import { useSearchParams } from 'wouter-preact'

/** What is filtered, sorted and open: kept in the address, so that it can be sent to somebody and gone back to. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<
    Name,
    string
  >
  const set = useCallback(
    (changes: Partial<Record<Name, string>>) => {
      setParams((before) => {
        const after = new URLSearchParams(before)
        for (const [name, value] of Object.entries<string | undefined>(changes)) {
          if (value) after.set(name, value)
          else after.delete(name)
        }
        return after
      })
    },
    [setParams],
  )
  const isFiltered = names.some((name) => params.get(name))
  return { values, set, isFiltered }
}
