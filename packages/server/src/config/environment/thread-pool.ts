/**
 * Gives libuv's pool, in which passwords are hashed, as many threads as may hash at once: with more, each hash would
 * find another one's memory in the cache; with fewer, processors would idle. Too late once the pool has worked, so it
 * is called before anything else is opened. What the operator set himself stays.
 * @see https://docs.libuv.org/en/v1.x/threadpool.html
 */
export function sizeThreadPool(threads: number): void {
  process.env.UV_THREADPOOL_SIZE ??= String(threads)
}
