import { useCallback } from 'preact/hooks'
import { useSearchParams } from 'wouter-preact'

interface FilterOptions<Name extends string> {
  /** those of the names that are no filters: what is sorted, shown or open */
  besides?: readonly Name[]
}

/** What is filtered, sorted and open: kept in the address, so that it can be sent to somebody and gone back to. */
export function useFilters<Name extends string>(
  names: readonly Name[],
  { besides = [] }: FilterOptions<Name> = {},
) {
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<
    Name,
    string
  >
  const set = useCallback(
    (changes: Changes<Name>) => setParams((before) => changed(before, changes)),
    [setParams],
  )
  /** as `set`, letter by letter: whoever goes back wants the list before the search, not every letter of it */
  const type = (changes: Changes<Name>) =>
    setParams((before) => changed(before, changes), {
      replace: Object.keys(changes).some((name) => params.has(name)),
    })
  const filters = names.filter((name) => !besides.includes(name))
  const isFiltered = filters.some((name) => params.get(name))
  const clear = () => set(Object.fromEntries(filters.map((name) => [name, ''])) as Record<Name, string>)
  return { values, set, type, isFiltered, clear }
}

type Changes<Name extends string> = Partial<Record<Name, string>>

function changed<Name extends string>(before: URLSearchParams, changes: Changes<Name>): URLSearchParams {
  const after = new URLSearchParams(before)
  for (const [name, value] of Object.entries<string | undefined>(changes)) {
    if (value) after.set(name, value)
    else after.delete(name)
  }
  return after
}
