import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { events } from '../../src/audit/events.ts'
import { superuserVariables } from '../../src/config/environment/superuser.ts'
import { settings } from '../../src/config/settings.ts'
import { errors } from '../../src/errors.ts'
import { openTestServer } from '../harness.ts'
import { listCommands } from './command-line.ts'
import { type MadeParts, madePartsOf, withMadeParts } from './made-parts.ts'
import { codeBlocksOf, headingsOf, linkFault, linksOf, packagePages, pages, readPage, root } from './pages.ts'
import { makeReferenceParts } from './reference-pages.ts'

/** The cells of the rows whose first cell is a name in code. */
function rowsOf(text: string): string[][] {
  return [...text.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, name = '', rest = '']) => [
    name,
    ...rest.split(' | ').map((cell) => cell.trim()),
  ])
}

describe('links', () => {
  test.each(pages)('of %s lead somewhere', (page) => {
    expect(linksOf(page).flatMap((link) => linkFault(link) ?? [])).toEqual([])
  })

  test.each(packagePages)('of %s do not leave the package: whoever installs it has no more', (page) => {
    expect(linksOf(page).filter(({ path }) => !path.startsWith(dirname(page)))).toEqual([])
  })

  test('the index has every page of docs, and every example', () => {
    const linked = new Set(linksOf('docs/README.md').map(({ path }) => path))
    const others = pages.filter((page) => /^(docs|examples)\//.test(page) && page !== 'docs/README.md')
    expect(others.filter((page) => !linked.has(page))).toEqual([])
  })
})

describe('the reference pages', () => {
  const named = [
    'docs/reference/http.md',
    'docs/reference/admin-api.md',
    'docs/reference/dj-rest-auth.md',
    'docs/reference/simplejwt.md',
    'docs/reference/command-line.md',
    'docs/reference/metrics.md',
    'docs/reference/password-formats.md',
    'docs/sizing.md',
    'docs/guides/throttling.md',
    'docs/guides/verify-access-tokens.md',
    'docs/guides/audit.md',
  ]
  let made: ReadonlyMap<string, MadeParts>
  beforeAll(async () => {
    made = await makeReferenceParts()
  })

  test.each(named)('%s has every made part, and none that nobody makes', (page) => {
    expect(madePartsOf(readPage(page)).sort()).toEqual([...(made.get(page)?.keys() ?? [])].sort())
  })

  test.each(named)('%s is as the program makes it', (page) => {
    const text = readPage(page)
    const hint = 'run: node packages/server/test/docs/write-reference.ts'
    expect(text, hint).toBe(withMadeParts(text, made.get(page) ?? new Map()))
  })

  test('tell every error of the table, and no other', () => {
    const table = readPage('docs/reference/http.md').split('<!-- made: errors -->')[1] ?? ''
    const names = rowsOf(table.split('<!-- /made -->')[0] ?? '').map(([name]) => name)
    expect(names.sort()).toEqual(Object.keys(errors).sort())
  })

  test('have a heading for every operation of the document, and every heading is served', async () => {
    const headings = headingsOf('docs/reference/http.md').filter((one) => /^[A-Z]+ \//.test(one))
    const server = await openTestServer()
    const { paths } = (await server.get('/openapi.json')).json() as { paths: Record<string, object> }
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(operations.filter((one) => !headings.includes(one))).toEqual([])
    for (const heading of headings) {
      const [method = '', path = ''] = heading.split(' ')
      expect([404, 405], heading).not.toContain((await server.request(method, path)).status)
    }
    await server.close()
  })

  test('have a heading for every command', async () => {
    const headings = headingsOf('docs/reference/command-line.md')
    const commands = (await listCommands()).map((name) => `countersign ${name}`)
    expect(headings.filter((one) => one.startsWith('countersign '))).toEqual(commands)
  })
})

describe('settings', () => {
  const secret = Object.values<{ env: string; secret?: true }>(settings)
  const names = secret.flatMap(({ env, secret: isSecret }) => (isSecret ? [env, `${env}_FILE`] : [env]))

  test('are all on the page of settings', () => {
    const page = readPage('docs/reference/configuration.md')
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })

  test.each(pages)('that %s names are settings', (page) => {
    // What other programs read: the verifiers, and the examples.
    const others = ['COUNTERSIGN_JWKS_URI', 'COUNTERSIGN_URL']
    const known = [...names, ...superuserVariables, ...others]
    const named = new Set(readPage(page).match(/\bCOUNTERSIGN_[A-Z0-9_]*[A-Z0-9]/g))
    expect([...named].filter((name) => !known.includes(name))).toEqual([])
  })
})

describe('events', () => {
  const rows = rowsOf(readPage('docs/guides/operating.md')).filter(([name = '']) => name.includes('.'))
  const listed = rows.filter(([, level = '']) => ['debug', 'info', 'warn', 'error'].includes(level))

  test('are all in the guide for operators, each with its level, and no other', () => {
    const levels = Object.entries(events).map(([name, { level }]) => [name, level])
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(levels))
    expect(listed).toHaveLength(Object.keys(events).length)
  })

  test('have no reason that no code gives', () => {
    const src = join(import.meta.dirname, '../../src')
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    const code = files
      .filter((file) => /(?<!\.test)\.ts$/.test(file))
      .map((file) => readFileSync(join(src, file), 'utf8'))
      .join('\n')
    const reasons = listed.flatMap(([, , , cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, one]) => one),
    )
    expect(reasons.length).toBeGreaterThan(20)
    expect(reasons.filter((one) => !code.includes(`'${one}'`))).toEqual([])
  })
})

describe('the first page', () => {
  test('has both command lines, each alone on a line to be typed', () => {
    const lines = codeBlocksOf('README.md').flatMap(({ language, text }) =>
      language === 'sh' ? text.split('\n') : [],
    )
    expect(lines).toContain('npm ci && npm start')
    expect(lines).toContain('npm ci && npm test')
  })

  test('has its place for the measured figures', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toMatch(
      /^<!-- figures:start -->\n[\s\S]*^<!-- figures:end -->$/m,
    )
  })
})
