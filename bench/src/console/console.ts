import type { Row } from '../table.ts'
import { interactive } from './interactive.ts'
import { lists } from './lists.ts'

/** Whether the admin console is fast with many users: in a browser, and its lists by themselves. */
export async function adminConsole(): Promise<Row[]> {
  return [...(await interactive()), ...(await lists())]
}
