import { describe, expect, onTestFinished, test } from 'vitest'
import { openShell, runToEnd } from '../cli/shell.ts'
import { spawnServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { codeBlocksOf, root } from './pages.ts'
import { fits, stepsOf, walk } from './walk.ts'

describe('what a reader types', () => {
  test.each([
    'README.md',
    'docs/guides/first-five-minutes.md',
    'docs/guides/accounts.md',
  ])('%s shows what happens', async (page) => {
    const steps = stepsOf(page)
    expect(steps.length).toBeGreaterThan(4)
    const shell = await openShell()
    onTestFinished(() => shell.stopAll())
    await shell.serve('countersign dev')
    const answers = await walk(shell, steps)
    for (const [index, { command, shown }] of steps.entries()) {
      const answer = answers[index] ?? ''
      // Only the page's own text is compared with itself where they fit, so that a difference is readable.
      expect({ command, shows: fits(answer, shown) ? shown : answer }).toEqual({ command, shows: shown })
    }
  })
})

/** What the page's verifier says of a good token, and of those that it must refuse. */
const trial = `
const { good, bad } = JSON.parse(await new Response(process.stdin).text())
const settled = await Promise.allSettled(bad.map((token) => verifyAccessToken(token)))
const refused = settled.map(({ status }) => status === 'rejected')
console.log(JSON.stringify({ who: await verifyAccessToken(good), refused }))
`

async function openSession(address: string): Promise<{ id: string; pair: TokenPair }> {
  const alice = { username: 'alice', email: 'alice@example.com', password: 'correct horse battery' }
  const created = await requestOverSocket(address, 'POST', '/api/register/', { body: alice })
  const pair = (await requestOverSocket(address, 'POST', '/api/login/', { body: alice })).json() as TokenPair
  return { id: (created.json() as { id: string }).id, pair }
}

describe('docs/guides/verify-access-tokens.md', () => {
  test('the verifier in JavaScript takes access tokens and nothing else', async () => {
    const server = await spawnServer({ data: temporaryFolder() })
    onTestFinished(() => server.stop().then(() => undefined))
    const { id, pair } = await openSession(server.address)
    const { access, refresh } = pair
    const code = codeBlocksOf('docs/guides/verify-access-tokens.md').find(({ language }) => language === 'js')
    const program = `${code?.text.replace('export ', '')}${trial}`
    const [header = '', claims = ''] = access.split('.')
    const bad = [refresh, `${header}.${claims}.`, `${header}.${claims}.${'A'.repeat(86)}`, 'garbage', '']
    const { stdout, stderr } = await runToEnd(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: root,
      env: {
        COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000',
        COUNTERSIGN_AUDIENCE: 'http://127.0.0.1:8000',
        COUNTERSIGN_JWKS_URI: `${server.address}/.well-known/jwks.json`,
      },
      input: JSON.stringify({ good: access, bad }),
    })
    expect(stderr).toBe('')
    const { who, refused } = JSON.parse(stdout) as { who: object; refused: boolean[] }
    expect(who).toEqual({ userId: id, username: 'alice', sessionId: expect.any(String) })
    expect(refused).toEqual(bad.map(() => true))
  })
})
