import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { freePort } from '../../server/test/cli/shell.ts'
import { spawnServer, temporaryFolder } from '../../server/test/harness.ts'

export function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
}

/** A real server whose issuer is its own address, and what a client does with it. */
export async function openIssuer(env: Record<string, string> = {}) {
  const [port, data] = [await freePort(), temporaryFolder()]
  const issuer = `http://127.0.0.1:${port}`
  const start = () => spawnServer({ data, port, env: { COUNTERSIGN_ISSUER: issuer, ...env } })
  let server = await start()
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as { access: string; refresh: string }
  }
  const password = 'a quiet harbour'
  for (const username of ['alice', 'bob'])
    await post('/api/register/', { username, password, email: `${username}@example.com` })
  return {
    issuer,
    data,
    login: (username = 'alice') => post('/api/login/', { username, password }),
    logout: (refresh: string) => post('/api/logout/', { refresh }),
    stop: () => server.stop(),
    async restart() {
      server = await start()
    },
  }
}

/** Waits until something holds. @returns how long it took, in milliseconds */
export async function until(holds: () => Promise<boolean> | boolean, patienceMs = 20_000): Promise<number> {
  const from = performance.now()
  while (!(await holds())) {
    if (performance.now() - from > patienceMs) throw new Error('it never came to hold')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - from
}
