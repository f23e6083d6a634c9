import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runToEnd } from '../cli/shell.ts'
import { cheapHashing, temporaryFolder, testSecret } from '../harness.ts'

const src = join(import.meta.dirname, '../../src')

/** Opens a whole server, and says whether prom-client was loaded on the way. */
const program = `
const { createServer } = await import('${src}/app/server.ts')
const { openDeployment } = await import('${src}/app/deployment.ts')
const { loadConfig } = await import('${src}/config/config.ts')
const config = loadConfig({ mode: 'dev' })
const deployment = await openDeployment(config, { clock: Date.now, audit: { record() {} } })
const server = await createServer(deployment, () => false)
await server.inject('/livez')
const { createRequire } = await import('node:module')
const loaded = Object.keys(createRequire('${src}/app/server.ts').cache).filter((file) => file.includes('/prom-client/'))
console.log(loaded.length > 0 ? 'loaded' : 'not loaded')
await server.close(0)
await deployment.store.close()
process.exit(0)
`

async function run(env: Record<string, string>): Promise<string> {
  const { stdout, stderr } = await runToEnd(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: temporaryFolder(),
    env: { DATABASE_URL: 'sqlite::memory:', COUNTERSIGN_SECRET: testSecret, ...cheapHashing, ...env },
  })
  expect(stderr).toBe('')
  return stdout.trim()
}

test('prom-client is loaded with a management port, and only then', async () => {
  expect(await run({})).toBe('not loaded')
  expect(await run({ COUNTERSIGN_MANAGEMENT_PORT: '0' })).toBe('loaded')
})
