import { execFile } from 'node:child_process'
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withPostgres } from './postgres/cluster.ts'
import { benchSecret, remove, temporaryFolder } from './processes.ts'
import { type Row, under } from './table.ts'

const run = promisify(execFile)

const countersign = join(import.meta.dirname, '../../packages/server/bin/countersign.js')
const users = 100_000

/** How long the command takes for 100,000 users with hashes, groups and dates, from its start to its end. */
export async function importing(): Promise<Row[]> {
  const folder = temporaryFolder()
  const file = join(folder, 'users.ndjson')
  writeUsers(file)
  const embedded = await measure('embedded', folder, {})
  const onPostgres = await withPostgres(async (postgres) => {
    const { url } = await postgres.createDatabase('imported')
    return measure('PostgreSQL', folder, { DATABASE_URL: url })
  })
  remove(folder)
  return [...embedded, ...onPostgres]
}

/** What each user costs to be read: a line as an export writes it. */
function writeUsers(file: string): void {
  const target = openSync(file, 'w')
  for (let at = 1; at <= users; at += 1) {
    const user = {
      ...{
        id: String(at),
        username: `User.${at}`,
        email: `User.${at}@Example.com`,
        email_verified: at % 2 === 0,
      },
      password_hash: `pbkdf2_sha256$600000$${'salt'.repeat(5)}${at}$${'A'.repeat(43)}=`,
      ...{ is_active: true, is_staff: false, is_superuser: false, first_name: 'Žofie', last_name: 'Novák' },
      ...{ groups: ['editors', 'readers'], created_at: '2020-02-29T12:30:15.678Z', last_login: null },
    }
    writeSync(target, `${JSON.stringify(user)}\n`)
  }
  closeSync(target)
}

async function measure(store: string, folder: string, settings: Record<string, string>): Promise<Row[]> {
  const data = join(folder, store)
  const env = { PATH: process.env.PATH, COUNTERSIGN_DATA: data, COUNTERSIGN_SECRET: benchSecret, ...settings }
  const timed = async (...args: string[]) => {
    const from = performance.now()
    await run(process.execPath, [countersign, ...args], { env, cwd: folder })
    return (performance.now() - from) / 1000
  }
  await timed('migrate')
  const first = await timed('import', 'users', 'users.ndjson')
  const again = await timed('import', 'users', 'users.ndjson')
  const out = join(folder, `${store}.ndjson`)
  const exported = await timed('export', out)
  const megabytes = (statSync(out).size / 1e6).toFixed(0)
  const rate = (seconds: number) => `${Math.round(users / seconds).toLocaleString('en')} a second`
  return [
    {
      what: `import of ${users.toLocaleString('en')} users, ${store}`,
      measured: `${rate(first)}; the same again ${again.toFixed(1)} s; export ${exported.toFixed(1)} s, ${megabytes} MB`,
      limit: '',
      value: first,
      bar: under(60, ' s'),
    },
  ]
}
