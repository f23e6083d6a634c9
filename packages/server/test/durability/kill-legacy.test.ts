import { expect, test } from 'vitest'
import { mint, refreshClaims } from '../django/legacy/mint.ts'
import { djangoSecret } from '../django/legacy/simplejwt.ts'
import { spawnServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { openClient } from '../races/http-client.ts'
import { isBroken } from './remembering-clients.ts'

const rounds = 5
const tokensARound = 24
const env = {
  COUNTERSIGN_DJANGO_SECRET: djangoSecret,
  COUNTERSIGN_DJANGO_UNTIL: new Date(Date.now() + 86_400_000).toISOString(),
  // So that nothing but its key makes a second showing the same one.
  COUNTERSIGN_REFRESH_GRACE: '0',
}

interface Shown {
  token: string
  /** undefined where nothing was heard */
  pair: TokenPair | undefined
}

test(`S04 S23: ${rounds} times kill -9 while tokens of Django are exchanged: each is good once`, async () => {
  const data = temporaryFolder()
  const start = async () => {
    const server = await spawnServer({ data, env })
    return { server, client: openClient(server.address) }
  }
  const seen = { heard: 0, unheard: 0 }
  let { server, client } = await start()
  for (let round = 0; round < rounds; round += 1) {
    const [doomed, speaker] = [server, client]
    const { id } = (await speaker.register(`user${round}`)).json() as { id: string }
    let left = 1 + Math.floor(Math.random() * (tokensARound - 8))
    const show = async (): Promise<Shown> => {
      const token = mint(refreshClaims(id, Date.now()))
      try {
        const reply = await speaker.refresh({ refresh: token }, token.slice(-32))
        expect(reply.status, reply.text).toBe(200)
        left -= 1
        if (left === 0) void doomed.stop('SIGKILL')
        return { token, pair: reply.json() }
      } catch (thrown) {
        if (!isBroken(thrown)) throw thrown
        return { token, pair: undefined }
      }
    }
    const shown: Shown[] = []
    for (let sent = 0; sent < tokensARound; sent += 4)
      shown.push(...(await Promise.all([show(), show(), show(), show()])))
    await doomed.exited
    speaker.close()
    ;({ server, client } = await start())
    for (const { token, pair } of shown) {
      // What was acknowledged is there: the same bytes. What was not is exchanged now, or was and is handed out again.
      const again = await client.refresh({ refresh: token }, token.slice(-32))
      expect(again.status, again.text).toBe(200)
      if (pair) expect((again.json() as TokenPair).refresh).toBe(pair.refresh)
      seen[pair ? 'heard' : 'unheard'] += 1
      // To whoever has no key it is spent.
      expect((await client.refresh({ refresh: token })).status).toBe(401)
      expect((await client.refresh(again.json())).status).toBe(401)
    }
  }
  client.close()
  await server.stop()
  expect(seen.heard).toBeGreaterThan(0)
  expect(seen.unheard).toBeGreaterThan(0)
}, 180_000)
