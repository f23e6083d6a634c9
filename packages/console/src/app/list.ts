import { useInfiniteQuery } from '@tanstack/preact-query'
import { useEffect } from 'preact/hooks'
import { type Asked, get } from '../api/request.ts'

/** A page of a list, and where the next one begins. */
export interface Listed<Row> {
  items: Row[]
  next: string | null
}

/** So many pages without a row are gone past before somebody has to say that it goes on. */
const mostEmpty = 10

/**
 * A list of the admin API, page after page. A page looks at a bounded number of rows, so with a filter that few meet it
 * may be empty and not the last: then the next one is asked for.
 * @param path below `/api/admin/`
 * @param filters part of the question: another one is another list
 */
export function useList<Row>(path: string, filters: NonNullable<Asked['query']>) {
  const list = useInfiniteQuery({
    queryKey: [path, filters],
    queryFn: ({ pageParam, signal }) => get<Listed<Row>>(path, { ...filters, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  })
  const { data, hasNextPage, isFetching, fetchNextPage } = list
  const empty = emptyAtEnd(data?.pages ?? [])
  const goesOn = hasNextPage && empty > 0 && empty % mostEmpty > 0
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage()
  }, [goesOn, isFetching, fetchNextPage])
  return {
    rows: data?.pages.flatMap(({ items }) => items),
    error: list.error,
    onRetry: () => void list.refetch(),
    more: hasNextPage
      ? { isBusy: goesOn || list.isFetchingNextPage, onMore: () => void fetchNextPage() }
      : undefined,
  }
}

function emptyAtEnd(pages: readonly Listed<unknown>[]): number {
  return pages.length - 1 - pages.findLastIndex(({ items }) => items.length > 0)
}

/** The first rows of a list, so many at the most, and whether there are more. */
export async function collect<Row>(path: string, filters: NonNullable<Asked['query']>, most: number) {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const page = await get<Listed<Row>>(path, { ...filters, limit: pageLimit, cursor })
    rows.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined && rows.length < most)
  return { rows: rows.slice(0, most), isAll: cursor === undefined && rows.length <= most }
}

const pageLimit = 200
