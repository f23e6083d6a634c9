import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')
const leaves = ['errors', 'clock', 'ids', 'ip-address', 'markup', 'sizes', 'times', 'version']

/** Each room, and the rooms it may use besides itself and the leaves: arrows only go down, and never in a circle. */
const mayUse: Record<string, readonly string[]> = {
  main: ['cli'],
  cli: [
    'app',
    'doctor',
    'explain',
    'background',
    'config',
    'metrics',
    'health',
    'import',
    'audit',
    'limits',
    'mail',
    'users',
    'sessions',
    'tokens',
    'passwords',
    'store',
    'http',
    'webhooks',
  ],
  background: ['app', 'mail', 'tokens', 'audit', 'store'],
  app: [
    'admin',
    'config',
    'django',
    'doctor',
    'http',
    'pages',
    'metrics',
    'health',
    'mail',
    'users',
    'sessions',
    'tokens',
    'passwords',
    'limits',
    'audit',
    'store',
    'tracing',
    'webhooks',
  ],
  admin: [
    'users',
    'sessions',
    'tokens',
    'passwords',
    'limits',
    'audit',
    'explain',
    'doctor',
    'import',
    'mail',
    'webhooks',
    'store',
  ],
  doctor: ['config', 'mail', 'passwords', 'tokens', 'store'],
  explain: ['sessions', 'limits', 'audit', 'store'],
  pages: [],
  metrics: ['audit'],
  tracing: ['http', 'passwords', 'audit'],
  health: ['tokens', 'store'],
  mail: ['tokens', 'audit', 'store'],
  django: ['sessions', 'users', 'passwords', 'tokens', 'limits', 'audit', 'mail', 'store'],
  import: ['users', 'passwords', 'store'],
  sessions: ['users', 'passwords', 'tokens', 'limits', 'audit', 'store'],
  users: ['passwords', 'tokens', 'limits', 'audit', 'mail', 'store'],
  limits: ['audit', 'store'],
  passwords: [],
  tokens: ['store'],
  webhooks: ['audit', 'store'],
  audit: ['store'],
  config: [],
  http: [],
  store: [],
}

/** Each package from outside comes in by one room; Node's own modules are everybody's. */
const packageRoom: Record<string, string> = {
  '@fastify/fast-json-stringify-compiler': 'http',
  '@fastify/swagger': 'http',
  '@node-rs/argon2': 'passwords',
  '@node-rs/bcrypt': 'passwords',
  '@opentelemetry/api': 'tracing',
  '@opentelemetry/core': 'tracing',
  '@opentelemetry/exporter-trace-otlp-proto': 'tracing',
  '@opentelemetry/resources': 'tracing',
  '@opentelemetry/sdk-trace': 'tracing',
  '@zxcvbn-ts/language-common': 'passwords',
  'better-sqlite3': 'store',
  bowser: 'sessions',
  fastify: 'http',
  kysely: 'store',
  nodemailer: 'mail',
  pino: 'audit',
  pg: 'store',
  'pino-pretty': 'audit',
  'prom-client': 'metrics',
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /(?<!\.test)\.ts$/.test(file),
)

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [
    ...text.matchAll(/^(?:import|export|\}).*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm),
  ].map(([, a, b, c]) => a ?? b ?? c ?? '')
}

function roomOf(file: string): string {
  return file.split('/')[0]?.replace(/\.ts$/, '') ?? ''
}

function mayImport(file: string): readonly string[] {
  const routes = file.endsWith('.routes.ts') ? ['http'] : []
  return [roomOf(file), ...leaves, ...routes, ...(mayUse[roomOf(file)] ?? [])]
}

describe('the floors of the house', () => {
  test('every room is on the plan', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => !leaves.includes(room)))
    expect([...rooms].sort()).toEqual(Object.keys(mayUse).sort())
  })

  test.each(files)('%s imports only downwards', (file) => {
    for (const target of importsOf(file).filter((one) => one.startsWith('.'))) {
      const room = roomOf(relative(src, join(src, dirname(file), target)))
      expect(mayImport(file), `${file} imports ${target}`).toContain(room)
    }
  })

  test('leaves import nothing of ours', () => {
    for (const leaf of leaves)
      expect(importsOf(`${leaf}.ts`).filter((one) => !one.startsWith('node:'))).toEqual([])
  })

  test('only the store writes SQL', () => {
    const sql = /\b(SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b/
    const writers = files.filter((file) => sql.test(readFileSync(join(src, file), 'utf8')))
    expect(writers.filter((file) => roomOf(file) !== 'store')).toEqual([])
  })

  test('only config reads the environment', () => {
    const readers = files.filter((file) => readFileSync(join(src, file), 'utf8').includes('process.env'))
    expect(readers.filter((file) => roomOf(file) !== 'config')).toEqual([])
  })
})

describe('packages from outside', () => {
  test.each(files)('%s takes them in by their room', (file) => {
    for (const target of importsOf(file).filter((one) => !one.startsWith('.') && !one.startsWith('node:'))) {
      expect(packageRoom[target], `${file} imports ${target}`).toBe(roomOf(file))
    }
  })

  test('all of them are used, and all are in the manifest', () => {
    const manifest = JSON.parse(readFileSync(join(src, '../package.json'), 'utf8')) as {
      dependencies: object
    }
    expect(Object.keys(manifest.dependencies).sort()).toEqual(Object.keys(packageRoom).sort())
    const used = new Set(files.flatMap(importsOf))
    for (const name of Object.keys(packageRoom)) expect(used, name).toContain(name)
  })
})
