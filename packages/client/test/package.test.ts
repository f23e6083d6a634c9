import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'countersign-client-'))
const installed = join(folder, 'node_modules/@countersign/client')

/** Packs as a release does, and unpacks where an application would have it. */
beforeAll(() => {
  const options = { cwd: root, stdio: 'pipe' } as const
  const pack = [
    'pack',
    '--workspace',
    '@countersign/client',
    '--ignore-scripts=false',
    '--pack-destination',
    folder,
  ]
  execFileSync('npm', pack, options)
  rmSync(join(root, 'packages/client/dist'), { recursive: true, force: true })
  mkdirSync(installed, { recursive: true })
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  execFileSync('tar', ['-xzf', join(folder, packed), '-C', installed, '--strip-components=1'], options)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a browser would load of this program: bundled, and as small as a bundler makes it. */
async function bundled(program: string): Promise<string> {
  const entry = join(folder, `${Math.random()}.js`)
  writeFileSync(entry, program)
  const made = await build({
    ...{ configFile: false, root: folder, logLevel: 'silent' },
    build: {
      ...{ write: false, minify: true, modulePreload: false },
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict' },
    },
  })
  const { output } = made as unknown as { output: { code: string }[] }
  return output.map(({ code }) => code).join('')
}

describe('the package', () => {
  test('has its code, its types and its page, and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files).toEqual(
      expect.arrayContaining([
        ...['package.json', 'README.md', 'dist/index.js', 'dist/index.d.ts', 'dist/ssr.js', 'dist/ssr.d.ts'],
      ]),
    )
    expect(files.filter((name) => /test|^src|(?<!\.d)\.ts$|\.map$/.test(name))).toEqual([])
    const { dependencies, exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(dependencies).toBeUndefined()
    for (const { types, default: code } of Object.values<{ types: string; default: string }>(exports)) {
      expect([existsSync(join(installed, types)), existsSync(join(installed, code))]).toEqual([true, true])
    }
  })

  test('is under 5 kB where it is used, and nothing where it is not', async () => {
    const size = gzipSync(await bundled(`export { createClient } from '@countersign/client'`), {
      level: 9,
    }).length
    console.log(`@countersign/client: ${size} bytes, minified and gzipped`)
    expect(size).toBeLessThan(5000)
    const nothing = await bundled(
      `import '@countersign/client'; import '@countersign/client/ssr'; export const x = 1`,
    )
    expect(nothing.length).toBeLessThan(100)
  })

  test.each(
    ['/usr/bin/node', process.execPath].filter((program) => existsSync(program)),
  )('is loaded by %s and finds nobody signed in', (program) => {
    const [major] = execFileSync(program, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.')
    if (Number(major) < 20) return
    const code = `
      import { createClient, CountersignError } from '@countersign/client'
      import { createServerClient } from '@countersign/client/ssr'
      const client = createClient({ baseUrl: 'http://127.0.0.1:9' })
      const ssr = createServerClient({ baseUrl: 'http://127.0.0.1:9', cookies: { getAll: () => [], setAll() {} } })
      const refused = await client.login({ username: 'a', password: 'b' }).catch((error) => error)
      console.log(client.session, await ssr.getAccessToken(), refused instanceof CountersignError, refused.code)`
    const told = execFileSync(program, ['--input-type=module', '--eval', code], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(told.trim()).toBe('null null true network_error')
  })

  test('has types that an application is checked with, strictly and without a browser or Node', () => {
    writeFileSync(
      join(folder, 'app.ts'),
      `import { type Client, createClient, type Session, type ValuesClient } from '@countersign/client'
import { createServerClient } from '@countersign/client/ssr'
const client: Client = createClient({ baseUrl: '/', storage: 'local', onEvent: (event) => event.type })
const values: ValuesClient = createClient({ baseUrl: '/', results: 'values' })
const session: Promise<Session> = client.login({ username: 'a', password: 'b' })
const name: Promise<string | undefined> = values.login({ username: 'a', password: 'b' }).then(({ data, error }) => {
  if (error) return error.code
  return data.user.username
})
// @ts-expect-error a password is needed
client.login({ username: 'a' })
// @ts-expect-error there is no such place
createClient({ baseUrl: '/', storage: 'nowhere' })
createServerClient({ baseUrl: 'https://x.test', cookies: { getAll: () => [], setAll: () => {} } }) satisfies Client
export { name, session }
`,
    )
    const compilerOptions = {
      ...{ strict: true, noEmit: true, module: 'NodeNext', target: 'ES2022', types: [] },
      ...{ lib: ['ES2022', 'DOM'], exactOptionalPropertyTypes: true, skipLibCheck: false },
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const tsc = join(root, 'node_modules/.bin/tsc')
    expect(execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })).toBe('')
  })
})
