import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '../docs/pages.ts'
import { accepts, deployFiles, readDeployFile, settingNames } from './files.ts'

const lines = readDeployFile('container/Containerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')

/** What stands behind each instruction of that name. */
function given(instruction: string): string[] {
  return lines.flatMap((line) =>
    line.startsWith(`${instruction} `) ? line.slice(instruction.length + 1) : [],
  )
}

const env = new Map(
  given('ENV')
    .flatMap((one) => one.split(' '))
    .map((one) => one.split('=') as [string, string]),
)

describe('names in deploy', () => {
  test.each(deployFiles)('%s names settings as they are', (file) => {
    const names = readDeployFile(file).match(/\b(?:COUNTERSIGN|DATABASE|OTEL)_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []
    expect(names.filter((name) => !settingNames.has(name))).toEqual([])
  })
})

describe('the Containerfile', () => {
  test('sets settings, each to something it takes', () => {
    expect([...env.keys()].filter((name) => !settingNames.has(name))).toEqual(['NODE_ENV'])
    for (const [name, value] of env) expect(name === 'NODE_ENV' || accepts(name, value), name).toBe(true)
    expect(given('EXPOSE')).toEqual([`${env.get('PORT')} ${env.get('COUNTERSIGN_MANAGEMENT_PORT')}`])
    expect(given('VOLUME')).toEqual([env.get('COUNTERSIGN_DATA')])
  })

  test('copies what is there, or what the build makes', () => {
    const made = ['/src/node_modules', '/src/packages/server/dist']
    const sources = given('COPY').map((one) => one.split(' ').at(-2) ?? '')
    expect(sources).toContain('/src/packages/server/bin')
    const missing = sources.filter(
      (one) => !made.includes(one) && !existsSync(join(root, one.replace('/src', ''))),
    )
    expect(missing).toEqual([])
  })

  test('runs as a number that is not root, without a shell', () => {
    expect(given('USER')).toEqual(['10001:10001'])
    const [check = ''] = given('HEALTHCHECK')
    const program = JSON.parse(given('ENTRYPOINT')[0] ?? '') as string[]
    expect(JSON.parse(check.slice(check.indexOf('CMD ') + 4))).toEqual([...program, 'healthcheck'])
    expect(given('CMD')).toEqual(['["start"]'])
  })
})

/** A star of Docker's stands for a dot too, one of ours does not. */
const undotted = (path: string) => path.replaceAll(/(^|\/)\./g, '$1dot.')

/** Whether `.dockerignore` lets a file into the build: the last line that fits it or a folder above decides. */
function isBuiltWith(file: string): boolean {
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((one) => /^[^#]/.test(one))
  const parts = file.split('/')
  const paths = parts.map((_, index) => undotted(parts.slice(0, index + 1).join('/')))
  const fits = (rule: string) => paths.some((path) => matchesGlob(path, undotted(rule.replace('!', ''))))
  return rules.findLast(fits)?.startsWith('!') ?? true
}

describe('.dockerignore', () => {
  test('lets through what npm and the build read', () => {
    const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      workspaces: string[]
    }
    const manifests = globSync(
      workspaces.map((one) => `${one}/package.json`),
      { cwd: root },
    )
    expect(manifests.length).toBeGreaterThan(1)
    const needed = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'LICENSE', ...manifests]
    expect(needed.filter((file) => !isBuiltWith(file))).toEqual([])
    expect(isBuiltWith('packages/server/src/pages/assets/docs.js')).toBe(true)
  })

  test.each([
    'countersign-data/secret',
    'packages/server/countersign-data/secret',
    'packages/server/.env',
    '.env.production',
    '.git/config',
    'node_modules/fastify/package.json',
    'packages/server/test/harness.ts',
    'packages/server/src/ids.test.ts',
    'deploy/compose/secrets/master',
  ])('keeps %s out', (file) => expect(isBuiltWith(file)).toBe(false))
})

interface Service {
  environment: Record<string, string>
  secrets: string[]
  ports?: string[]
  [option: string]: unknown
}

describe('compose.yaml', () => {
  const { services, secrets } = parse(readDeployFile('compose/compose.yaml')) as {
    services: Record<string, Service>
    secrets: object
  }

  test('sets settings, each to something it takes', () => {
    for (const [name, value] of Object.entries(services.countersign?.environment ?? {})) {
      expect(settingNames, name).toContain(name)
      expect(name.endsWith('_FILE') || value.startsWith('${') || accepts(name, value), name).toBe(true)
    }
  })

  test.each(Object.entries(services))('%s can do no more than it must', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
    const files = Object.entries(service.environment).filter(([name]) => name.endsWith('_FILE'))
    expect(files.map(([, file]) => file).sort()).toEqual(
      service.secrets.map((one) => `/run/secrets/${one}`).sort(),
    )
    expect(service.secrets.filter((one) => !Object.hasOwn(secrets, one))).toEqual([])
  })
})
