import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openIssuer } from './servers.ts'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'countersign-guard-'))
const app = join(folder, 'app')
const installed = join(app, 'node_modules/@countersign/guard')
const frameworks = ['express', 'fastify', 'hono']

/** Packs as a release does, in a copy so that nobody's build is disturbed, and unpacks where an application would have it. */
beforeAll(() => {
  const copy = join(folder, 'packages/guard')
  for (const name of ['package.json', 'README.md', 'LICENSE', 'tsconfig.build.json', 'src', 'test'])
    cpSync(join(root, 'packages/guard', name), join(copy, name), { recursive: true })
  cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const options = { cwd: copy, stdio: 'pipe' } as const
  execFileSync('npm', ['pack', '--ignore-scripts=false', '--pack-destination', folder], options)
  mkdirSync(installed, { recursive: true })
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  execFileSync('tar', ['-xzf', join(folder, packed), '-C', installed, '--strip-components=1'], options)
  writeFileSync(join(app, 'package.json'), '{"type":"module"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = () => JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))

describe('the package', () => {
  test('has its code, its types and its page, and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => !/^dist(\/[\w-]+(\.js|\.d\.ts))?$/.test(name)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ])
    const { exports } = manifest()
    expect(Object.keys(exports)).toEqual(['.', './node', './express', './fastify', './hono'])
    for (const { types, default: code } of Object.values<{ types: string; default: string }>(exports))
      expect([existsSync(join(installed, types)), existsSync(join(installed, code))]).toEqual([true, true])
  })

  test('needs jose, and a framework only where it is used', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifest()
    expect(Object.keys(dependencies)).toEqual(['jose'])
    expect(Object.keys(peerDependencies)).toEqual(frameworks)
    expect(peerDependenciesMeta).toEqual(
      Object.fromEntries(frameworks.map((name) => [name, { optional: true }])),
    )
  })
})

/** What would run of this program: bundled with all that it needs, and as small as a bundler makes it. */
async function bundled(program: string, external: string[] = []): Promise<string> {
  const entry = join(app, `${Math.random()}.js`)
  writeFileSync(entry, program)
  const made = await build({
    ...{ configFile: false, root: app, logLevel: 'silent', ssr: { noExternal: true, target: 'node' } },
    build: {
      ...{ write: false, minify: true, ssr: entry },
      rolldownOptions: { external: [/^node:/, ...external], preserveEntrySignatures: 'strict' },
    },
  })
  const { output } = made as unknown as { output: { code: string }[] }
  return output.map(({ code }) => code).join('')
}

const zipped = (code: string) => gzipSync(code, { level: 9 }).length

describe('bundled', () => {
  test('it is under 5 kB, and under 12 kB with jose', async () => {
    const program = `export { createGuard } from '@countersign/guard'`
    const sizes = { alone: zipped(await bundled(program, ['jose'])), whole: zipped(await bundled(program)) }
    console.log(`@countersign/guard: ${sizes.alone} bytes, with jose ${sizes.whole}, minified and gzipped`)
    expect(sizes.alone).toBeLessThan(5_000)
    expect(sizes.whole).toBeLessThan(12_000)
  })

  test('what is not used is left out', async () => {
    const paths = ['', '/node', ...frameworks.map((name) => `/${name}`)]
    const imports = paths.map((path) => `import '@countersign/guard${path}'`).join(';')
    expect((await bundled(`${imports}; export const x = 1`)).length).toBeLessThan(100)
  })

  test.each(frameworks)('the part for %s has neither the framework nor another part in it', async (name) => {
    const code = await bundled(`export { requireAuth } from '@countersign/guard/${name}'`, ['jose'])
    expect(zipped(code)).toBeLessThan(1_500)
    const marks = { express: '.status(', fastify: '.code(', hono: '.req.header(' }
    expect(Object.entries(marks).flatMap(([one, mark]) => (code.includes(mark) ? one : []))).toContain(name)
    const others = Object.entries(marks).filter(([one]) => one !== name)
    expect(others.filter(([, mark]) => code.includes(mark))).toEqual([])
  })
})

/** An application for each, as a reader would write it. */
const applications: Record<string, string> = {
  express: `import { requireAuth } from '@countersign/guard/express'
import express from 'express'
const app = express()
app.get('/', requireAuth(guard, needs), (request, response) => {
  const name: string | undefined = request.auth?.username
  // @ts-expect-error there is no such claim
  request.auth?.password
  response.json({ name })
})
app.use('/all', requireAuth(guard), express.json())`,
  fastify: `import { requireAuth } from '@countersign/guard/fastify'
import fastify from 'fastify'
const app = fastify({ logger: true })
app.addHook('onRequest', requireAuth(guard))
app.get<{ Params: { id: string } }>('/:id', { preHandler: requireAuth(guard, needs) }, async (request) => {
  const name: string | undefined = request.auth?.username
  // @ts-expect-error there is no such claim
  request.auth?.password
  return { name, id: request.params.id }
})`,
  hono: `import { type AuthEnv, requireAuth } from '@countersign/guard/hono'
import { Hono } from 'hono'
const app = new Hono()
app.get('/', requireAuth(guard, needs), (context) => {
  const name: string = context.get('auth').username
  // @ts-expect-error there is no such claim
  context.get('auth').password
  return context.json({ name })
})
const behind = new Hono<AuthEnv>().use(requireAuth(guard)).get('/', (context) => context.text(context.var.auth.userId))
app.route('/all', behind)`,
  node: `import { requireAuth } from '@countersign/guard/node'
import { createServer } from 'node:http'
createServer(async (request, response) => {
  const auth = await requireAuth(guard, { request, response }, needs)
  // @ts-expect-error it may have been answered already
  auth.username
  if (auth) response.end(auth.username satisfies string)
})`,
}

describe('in an application', () => {
  test.each(Object.entries(applications))('%s: its types are right, strictly', (name, text) => {
    const file = `${name}-app.ts`
    writeFileSync(
      join(app, file),
      `import { createGuard, type Guard, Refusal, type Requirements } from '@countersign/guard'
const guard: Guard = createGuard({ issuer: 'https://auth.example.com', revocation: { whenStale: 'open' } })
const needs: Requirements = { scopes: ['reports:read'], allow: async ({ claims }) => claims['plan'] === 'paid' }
// @ts-expect-error there is no third way
createGuard({ issuer: 'https://auth.example.com', revocation: { whenStale: 'ajar' } })
guard.verify('').catch((thrown: unknown) => thrown instanceof Refusal && thrown.code === 'revoked')
${text}
`,
    )
    const compilerOptions = {
      ...{ strict: true, noEmit: true, module: 'NodeNext', target: 'ES2022', types: ['node'] },
      ...{ lib: ['ES2023'], exactOptionalPropertyTypes: true, skipLibCheck: false },
    }
    const project = join(app, `tsconfig.${name}.json`)
    writeFileSync(project, JSON.stringify({ compilerOptions, files: [file] }))
    const tsc = join(root, 'node_modules/.bin/tsc')
    expect(execFileSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' })).toBe('')
  })

  test.each(
    ['/usr/bin/node', process.execPath].filter((program) => existsSync(program)),
  )('%s lets an access token in, and refuses a session that was logged out', async (program) => {
    const [major] = execFileSync(program, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.')
    if (Number(major) < 20) return
    const issuer = await openIssuer()
    const [live, ended] = [await issuer.login(), await issuer.login()]
    await issuer.logout(ended.refresh)
    const code = `
      import { createGuard } from '@countersign/guard'
      import '@countersign/guard/express'
      import '@countersign/guard/fastify'
      import '@countersign/guard/hono'
      import '@countersign/guard/node'
      const [issuer, live, ended] = process.argv.slice(1)
      const guard = createGuard({ issuer })
      const { username } = await guard.verify(live)
      const { code } = await guard.verify(ended).catch((refusal) => refusal)
      guard.close()
      console.log(username, code)`
    const args = ['--input-type=module', '--eval', code, issuer.issuer, live.access, ended.access]
    const { stdout } = await promisify(execFile)(program, args, { cwd: app })
    expect(stdout.trim()).toBe('alice revoked')
    await issuer.stop()
  })
})
