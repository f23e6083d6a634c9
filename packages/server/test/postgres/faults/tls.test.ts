import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../../src/app/stores.ts'
import { systemClock } from '../../../src/clock.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { AuthError } from '../../../src/errors.ts'
import { temporaryFolder } from '../../harness.ts'
import { type Cluster, withClient } from '../cluster.ts'
import { certificate, createGuardedCluster } from './guarded-cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await createGuardedCluster()
})
afterAll(() => cluster.remove())

const [right, wrong] = [certificate('authority.pem'), certificate('stranger.pem')]

/** How the server sees the one connection that is open. */
interface Seen {
  isEncrypted: boolean
  certificateOf: string | null
}

/** Opens the store as a command does, and looks at its connection from the server's side. */
async function connect(url: string): Promise<Seen | string> {
  const env = { DATABASE_URL: url, COUNTERSIGN_DATA: temporaryFolder() }
  const store = await openStore(loadConfig({ mode: 'tool', env }), systemClock, 'leave')
  try {
    await store.readClock?.()
    return await withClient(`${cluster.url}postgres`, async (client) => {
      const seen = await client.query<Seen>(`
        SELECT ssl AS "isEncrypted", client_dn AS "certificateOf"
          FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'countersign'`)
      expect(seen.rows).toHaveLength(1)
      return seen.rows[0] ?? 'nobody'
    })
  } catch (thrown) {
    if (!(thrown instanceof AuthError)) throw thrown
    return String((thrown.cause as { code?: unknown }).code ?? 'none')
  } finally {
    await store.close()
  }
}

const encrypted: Seen = { isEncrypted: true, certificateOf: null }
const untrusted = 'SELF_SIGNED_CERT_IN_CHAIN'
const misnamed = 'ERR_TLS_CERT_ALTNAME_INVALID'

/** By what is wanted: who asks, what follows the port, and what becomes of it. The certificate is for localhost only. */
const cases: Readonly<Record<string, readonly [string, string, Seen | string]>> = {
  'disable, where it may': ['guest@127.0.0.1', 'sslmode=disable', { ...encrypted, isEncrypted: false }],
  'disable, where it may not': ['tls_only@127.0.0.1', 'sslmode=disable', '28000'],
  'require looks at nothing': ['tls_only@127.0.0.1', 'sslmode=require', encrypted],
  'verify-ca, by the right authority': [
    'tls_only@127.0.0.1',
    `sslmode=verify-ca&sslrootcert=${right}`,
    encrypted,
  ],
  'verify-ca, by another': ['tls_only@127.0.0.1', `sslmode=verify-ca&sslrootcert=${wrong}`, untrusted],
  'verify-ca, by those of the system': ['tls_only@127.0.0.1', 'sslmode=verify-ca', untrusted],
  'verify-full, under the right name': [
    'tls_only@localhost',
    `sslmode=verify-full&sslrootcert=${right}`,
    encrypted,
  ],
  'verify-full, under another': ['tls_only@127.0.0.1', `sslmode=verify-full&sslrootcert=${right}`, misnamed],
  'verify-full, by another authority': [
    'tls_only@localhost',
    `sslmode=verify-full&sslrootcert=${wrong}`,
    untrusted,
  ],
  'verify-full, by those of the system': ['tls_only@localhost', 'sslmode=verify-full', untrusted],
  'no certificate, where one is asked for': ['countersign_client@localhost', 'sslmode=require', '28000'],
  'a certificate of ours': [
    'countersign_client@localhost',
    `sslmode=verify-full&sslrootcert=${right}&sslcert=${certificate('client.pem')}&sslkey=${certificate('client.key')}`,
    { isEncrypted: true, certificateOf: '/CN=countersign_client' },
  ],
}

describe('H22: what sslmode promises of the way to PostgreSQL', () => {
  test.each(Object.entries(cases))('%s', async (_, [who, parameters, becomes]) => {
    expect(await connect(`postgres://${who}:${cluster.port}/postgres?${parameters}`)).toEqual(becomes)
  })

  test.each([
    ['that there is no TLS', 'N'],
    ['yes, and more that would be read as if it had come encrypted', 'SR\0\0\0\x08\0\0\0\0'],
  ])('whoever cuts in and answers %s hears nothing in the clear', async (_, answer) => {
    const heard: Buffer[] = []
    const impostor = createServer((socket) => {
      socket.on('error', () => undefined).on('data', (bytes) => heard.push(bytes))
      socket.once('data', () => socket.write(answer))
    })
    await once(impostor.listen(0, '127.0.0.1'), 'listening')
    const { port } = impostor.address() as AddressInfo
    await expect(connect(`postgres://guest@localhost:${port}/postgres?sslmode=require`)).resolves.toBe('none')
    // Its question whether there is TLS, and that was all.
    expect(Buffer.concat(heard).toString('hex')).toBe('0000000804d2162f')
    await new Promise((closed) => impostor.close(closed))
  })
})
