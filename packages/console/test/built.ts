/** Before all tests: the server serves the console as it is built. */
export async function setup(): Promise<void> {
  await import('../build.ts')
}
