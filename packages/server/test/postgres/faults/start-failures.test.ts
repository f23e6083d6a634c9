import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openStore } from '../../../src/app/stores.ts'
import { failureText } from '../../../src/cli/failure.ts'
import { systemClock } from '../../../src/clock.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { runToEnd } from '../../cli/shell.ts'
import { temporaryFolder, testSecret } from '../../harness.ts'
import type { Cluster } from '../cluster.ts'
import { type DatabaseProxy, openProxy } from '../proxy.ts'
import { certificate, createGuardedCluster } from './guarded-cluster.ts'

let cluster: Cluster
let silent: DatabaseProxy
beforeAll(async () => {
  cluster = await createGuardedCluster()
  silent = await openProxy(cluster.port)
  silent.blackhole()
})
afterAll(async () => {
  await silent.close()
  await cluster.remove()
})

const main = `${import.meta.dirname}/../../../src/main.ts`
const password = 'sesame and no other'

interface Start {
  /** with `PORT` for that of the cluster */
  url: string
  /** what follows "The database cannot be used: PostgreSQL at " */
  says: string
}

const starts: Readonly<Record<string, Start>> = {
  'nobody listens': {
    url: 'postgres://guest:PASSWORD@127.0.0.1:1/ours',
    says: '127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1. Nothing listens there: is PostgreSQL running, and are host and port right?',
  },
  'no such socket': {
    url: 'postgres://guest:PASSWORD@/ours?host=/no/such/folder',
    says: '/no/such/folder: connect ENOENT /no/such/folder/.s.PGSQL.5432. Is PostgreSQL running, and does it keep its sockets in /no/such/folder?',
  },
  'it does not answer': {
    url: 'postgres://guest:PASSWORD@127.0.0.1:SILENT/ours',
    says: '127.0.0.1:SILENT: timeout expired. It does not answer: are host and port right, and does a firewall let this machine through?',
  },
  'a wrong password': {
    url: 'postgres://keeper:PASSWORD@127.0.0.1:PORT/ours',
    says: '127.0.0.1:PORT: 28P01 password authentication failed for user "keeper". Set the right one in DATABASE_PASSWORD or DATABASE_URL.',
  },
  'no password': {
    url: 'postgres://keeper@127.0.0.1:PORT/ours',
    says: '127.0.0.1:PORT: it asks for a password, and there is none. Set it in DATABASE_PASSWORD or DATABASE_URL.',
  },
  'no password, asked for in the old way': {
    url: 'postgres://veteran@127.0.0.1:PORT/ours',
    says: '127.0.0.1:PORT: it asks for a password, and there is none. Set it in DATABASE_PASSWORD or DATABASE_URL.',
  },
  'somebody whom the server does not let in': {
    url: 'postgres://stranger:PASSWORD@127.0.0.1:PORT/ours?sslmode=require',
    says: '127.0.0.1:PORT: 28000 no pg_hba.conf entry for host "127.0.0.1", user "stranger", database "ours", SSL encryption. The server’s pg_hba.conf and its roles say who may come from where.',
  },
  'no such database': {
    url: 'postgres://guest:PASSWORD@127.0.0.1:PORT/theirs',
    says: '127.0.0.1:PORT: 3D000 database "theirs" does not exist. Create it: CREATE DATABASE "theirs" OWNER "guest"; or name another one in DATABASE_URL.',
  },
  'no right to make tables': {
    url: 'postgres://guest:PASSWORD@127.0.0.1:PORT/ours',
    says: '127.0.0.1:PORT: 42501 permission denied for schema public. Let it own the database, or grant it its schema: GRANT CREATE, USAGE ON SCHEMA public TO "guest";',
  },
  'no connection left': {
    url: 'postgres://guest:PASSWORD@127.0.0.1:PORT/crowded',
    says: '127.0.0.1:PORT: 53300 too many connections for database "crowded". Raise its limit, or lower COUNTERSIGN_DB_POOL of the processes that share it.',
  },
  'a database that takes no writes': {
    url: 'postgres://guest:PASSWORD@127.0.0.1:PORT/replica',
    says: '127.0.0.1:PORT: 25006 cannot execute CREATE TABLE in a read-only transaction. It takes no writes: is it a replica, or is its disk full? DATABASE_URL must name the primary.',
  },
  'TLS where the server has none': {
    url: 'postgres://postgres:PASSWORD@127.0.0.1:PLAIN/postgres?sslmode=require',
    says: '127.0.0.1:PLAIN: The server does not support SSL connections. Give it a certificate, or append ?sslmode=disable where the network is yours alone.',
  },
  'no TLS where the server wants it': {
    url: 'postgres://tls_only:PASSWORD@127.0.0.1:PORT/ours?sslmode=disable',
    says: '127.0.0.1:PORT: 28000 no pg_hba.conf entry for host "127.0.0.1", user "tls_only", database "ours", no encryption. The server’s pg_hba.conf and its roles say who may come from where. If it wants TLS, append ?sslmode=verify-full.',
  },
  'a certificate of nobody who is trusted': {
    url: `postgres://tls_only:PASSWORD@localhost:PORT/ours?sslmode=verify-full&sslrootcert=${certificate('stranger.pem')}`,
    says: 'localhost:PORT: self-signed certificate in certificate chain. No authority that is trusted here has signed its certificate: name the right one’s file, sslrootcert=FILE in DATABASE_URL.',
  },
  'a certificate for another name': {
    url: `postgres://tls_only:PASSWORD@127.0.0.1:PORT/ours?sslmode=verify-full&sslrootcert=${certificate('authority.pem')}`,
    says: `127.0.0.1:PORT: Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: . The certificate is for another name: take that as the host in DATABASE_URL, or sslmode=verify-ca.`,
  },
}

function inPlace(text: string): string {
  const ports = { PORT: cluster.port, PLAIN: new URL(inject('postgresUrl')).port, SILENT: silent.port }
  const filled = text.replace(/\b(PORT|PLAIN|SILENT)\b/g, (name) => String(ports[name as keyof typeof ports]))
  return filled.replace(':PASSWORD@', `:${encodeURIComponent(password)}@`)
}

function environment({ url }: Start): Record<string, string> {
  return {
    PORT: '0',
    DATABASE_URL: inPlace(url),
    COUNTERSIGN_DATA: temporaryFolder(),
    COUNTERSIGN_DB_CONNECT_TIMEOUT: '1s',
    COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000',
    COUNTERSIGN_SECRET: testSecret,
  }
}

function sentence({ says }: Start): string {
  return `The database cannot be used: PostgreSQL at ${inPlace(says)}`
}

describe('H17: what is wrong and what to do is said and no password is in it, with', () => {
  test.concurrent.each(Object.entries(starts))('%s', async (_, one) => {
    const config = loadConfig({ mode: 'start', env: environment(one) })
    const told = await openStore(config, systemClock).then(() => 'nothing', failureText)
    expect(told).toBe(sentence(one))
  })
})

describe('a start without its database ends at once with', () => {
  test.concurrent.each([
    ['dev', 'nobody listens'],
    ['start', 'a wrong password'],
    ['start --workers 2', 'it does not answer'],
  ])('%s: %s', async (command, name) => {
    const one = starts[name]
    if (!one) throw new Error('there is no such start')
    const [program, args] = [process.execPath, [main, ...command.split(' ')]]
    const ended = await runToEnd(program, args, { cwd: temporaryFolder(), env: environment(one) })
    expect(ended).toEqual({ status: 1, stdout: '', stderr: `countersign: ${sentence(one)}\n` })
  })
})
