import { once } from 'node:events'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { t0 } from './samples.ts'

/* A process that opens the file named on its command line as soon as it is told to, and tells what it found. */
const [file = ''] = process.argv.slice(2)
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const store = await openSqliteStore({ file, now: t0 })
process.stdout.write(`${JSON.stringify(await store.health())}\n`)
await store.close()
process.stdin.destroy()
