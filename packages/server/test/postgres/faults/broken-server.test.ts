import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { eventually } from '../../races/http-client.ts'
import { type Cluster, createCluster } from '../cluster.ts'
import { expectOutage, expectUnhurt, type Fault } from './outage.ts'
import { type Served, serve, terminate } from './served.ts'

/** The superuser is let in as he is, everybody else by password. */
const whoMayCome = `
  host all postgres 127.0.0.1/32 trust
  host all all      127.0.0.1/32 scram-sha-256`

let cluster: Cluster
let served: Served
beforeAll(async () => {
  cluster = await createCluster({
    programs: inject('postgresPrograms'),
    settings: ['max_connections=20'],
    files: { 'pg_hba.conf': whoMayCome },
  })
  served = await serve({ clusterUrl: cluster.url, password: 'sesame' })
})
afterAll(async () => {
  await served.close()
  await cluster.remove()
})

const away = '[-] database: does not answer'

const faults: Readonly<Record<string, Fault>> = {
  'has another password': {
    async strike({ ask, name, ...rest }) {
      await ask(`ALTER ROLE ${name} PASSWORD 'open sesame'`)
      await terminate({ ask, name, ...rest })
    },
    mend: ({ ask, name }) => ask(`ALTER ROLE ${name} PASSWORD 'sesame'`),
    line: away,
    reason: /: 28P01 .*DATABASE_PASSWORD/,
  },
  'is stopped, and started again': {
    strike: () => cluster.stop('SIGINT'),
    mend: () => cluster.start(),
    line: away,
  },
  'is killed, and recovers': {
    async strike({ proxy }) {
      await cluster.stop('SIGKILL')
      // Its children serve on until they notice.
      await eventually(async () => proxy.connections(), 0)
    },
    mend: () => cluster.start(),
    line: away,
  },
}

describe('H24 S04 S05: nothing is granted, nothing is burnt, and verification goes on while the database', () => {
  test.each(Object.keys(faults))('%s', async (name) => {
    const fault = faults[name]
    if (fault) await expectOutage(served, fault)
  })
})

test('after all of it: no fault of ours, no connection too many, nobody who waits', async () => {
  await expectUnhurt(served)
})
