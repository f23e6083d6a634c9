import { useInfiniteQuery } from '@tanstack/preact-query'
import { type Asked, get } from '../api/request.ts'

/** A page of a list, and where the next one begins. */
export interface Listed<Row> {
  items: Row[]
  next: string | null
}

/**
 * A list of the admin API, page after page.
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
  return {
    rows: list.data?.pages.flatMap(({ items }) => items),
    error: list.error,
    onRetry: () => void list.refetch(),
    more: list.hasNextPage
      ? { isBusy: list.isFetchingNextPage, onMore: () => void list.fetchNextPage() }
      : undefined,
  }
}
