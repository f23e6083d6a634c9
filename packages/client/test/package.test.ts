import { execFileSync } from 'node:child_process'
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
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'countersign-client-'))
const installed = join(folder, 'node_modules/@countersign/client')

/**
 * Packs as a release does, and unpacks where an application would have it. The package is a copy: what is built in place
 * belongs to the examples, which run at the same time.
 */
beforeAll(() => {
  const copy = join(folder, 'workspace/packages/client')
  for (const name of ['package.json', 'README.md', 'LICENSE', 'tsconfig.build.json', 'src', 'test'])
    cpSync(join(root, 'packages/client', name), join(copy, name), { recursive: true })
  cpSync(join(root, 'tsconfig.json'), join(folder, 'workspace/tsconfig.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'workspace/node_modules'))
  const options = { cwd: copy, stdio: 'pipe' } as const
  execFileSync('npm', ['pack', '--ignore-scripts=false', '--pack-destination', folder], options)
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
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict', external: ['react'] },
    },
  })
  const { output } = made as unknown as { output: { code: string }[] }
  return output.map(({ code }) => code).join('')
}

const sizeOf = (code: string) => gzipSync(code, { level: 9 }).length

/** A component as an application has it. */
const withReact = `import { type Client, createClient, type Session, type ValuesClient } from '@countersign/client'
import { AuthProvider, type AuthState, useAuth, useSession } from '@countersign/client/react'
import { createElement } from 'react'
const client = createClient({ baseUrl: '/' })
createElement(AuthProvider, { client }, 'child')
createElement(AuthProvider, { client: createClient({ baseUrl: '/', results: 'values' }), initialSession: null })
// @ts-expect-error there is a client in every provider
createElement(AuthProvider, {}, 'child')
export function Greeting(): string {
  const auth = useAuth()
  auth satisfies AuthState
  const login: Client['login'] = auth.login
  const session: Session | null | undefined = useSession()
  // @ts-expect-error it may be that nobody is signed in
  auth.user.username
  const { login: loginWithValues } = useAuth<ValuesClient>()
  void loginWithValues({ username: 'a', password: 'b' }).then(({ error }) => error?.code)
  void login({ username: 'a', password: session ? 'b' : 'c' })
  return auth.status === 'signed_in' ? auth.user.username : auth.status
}
`

describe('the package', () => {
  test('has its code, its types and its page, and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files).toEqual(
      expect.arrayContaining([
        ...['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'],
        ...['dist/ssr.js', 'dist/ssr.d.ts'],
        ...['dist/react.js', 'dist/react.d.ts'],
      ]),
    )
    expect(files.filter((name) => /test|^src|(?<!\.d)\.ts$|\.map$/.test(name))).toEqual([])
    const { dependencies, exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(dependencies).toBeUndefined()
    for (const { types, default: code } of Object.values<{ types: string; default: string }>(exports)) {
      expect([existsSync(join(installed, types)), existsSync(join(installed, code))]).toEqual([true, true])
    }
  })

  test('is under 5 kB where it is used, half a kB more with React, and nothing where it is not', async () => {
    const alone = await bundled(`export { createClient } from '@countersign/client'`)
    const bindings = `export { AuthProvider, useAuth, useSession } from '@countersign/client/react'`
    const both = await bundled(`export { createClient } from '@countersign/client'; ${bindings}`)
    const [size, sizeOfBoth] = [sizeOf(alone), sizeOf(both)]
    console.log(`@countersign/client: ${size} bytes minified and gzipped; /react: ${sizeOfBoth - size} more`)
    expect(size).toBeLessThan(5000)
    expect(sizeOfBoth - size).toBeLessThan(500)
    expect(alone).not.toContain('"react"')
    expect(both.match(/from\s*"[^"]*"/g)).toEqual(['from"react"'])
    const nothing = await bundled(
      `import '@countersign/client'; import '@countersign/client/react'; import '@countersign/client/ssr'; export const x = 1`,
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

  test('brings no React along: whoever imports its bindings has one', () => {
    const missing = `await import('@countersign/client/react').catch(({ message }) => console.log(message))`
    const told = execFileSync(process.execPath, ['--input-type=module', '--eval', missing], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(told).toContain("Cannot find package 'react'")
  })

  test('runs where there is nothing of a browser: in a React Native with what the guide names', async () => {
    const code = await bundled(
      `import { createClient } from '@countersign/client'; globalThis.createClient = createClient`,
    )
    const payload = Buffer.from('{"sub":"1","sid":"s","username":"älice","exp":9999999999}').toString(
      'base64url',
    )
    const pair = {
      access: `a.${payload}.s`,
      refresh: 'r',
      access_expires_in: 900,
      refresh_expires_in: 604800,
    }
    const kept = new Map<string, string>()
    const phone = createContext({
      ...{ performance, setTimeout, clearTimeout, AbortController, Request, URL, atob },
      crypto: { getRandomValues: crypto.getRandomValues.bind(crypto) },
      fetch: async () => Response.json(pair),
      storage: {
        getItem: async (key: string) => kept.get(key) ?? null,
        setItem: async (key: string, text: string) => void kept.set(key, text),
      },
    })
    const program = `const client = createClient({ baseUrl: 'https://auth.example.com', storage })
      client.login({ username: 'alice', password: 'b' }).then(() => client.getAccessToken())
        .then((token) => { client.dispose(); return token })`
    expect(await runInContext(`${code};${program}`, phone)).toBe(pair.access)
    expect([...kept.values()].join()).toContain(pair.refresh)
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
    writeFileSync(join(folder, 'react.ts'), withReact)
    const types = join(folder, 'node_modules/@types')
    mkdirSync(types)
    symlinkSync(join(root, 'node_modules/@types/react'), join(types, 'react'))
    const compilerOptions = {
      ...{ strict: true, noEmit: true, module: 'NodeNext', target: 'ES2022', types: [] },
      ...{ lib: ['ES2022', 'DOM'], exactOptionalPropertyTypes: true, skipLibCheck: false },
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['app.ts', 'react.ts'] }),
    )
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const tsc = join(root, 'node_modules/.bin/tsc')
    expect(execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })).toBe('')
  })
})
