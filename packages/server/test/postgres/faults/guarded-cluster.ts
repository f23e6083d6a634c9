import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Cluster, createCluster, withClient } from '../cluster.ts'

const folder = join(import.meta.dirname, '../certificates')

/** Path of a certificate or key, as `DATABASE_URL` names it. */
export function certificate(name: string): string {
  return join(folder, name)
}

const whoMayCome = `
  host    all postgres            127.0.0.1/32 trust
  host    all guest               127.0.0.1/32 trust
  host    all keeper              127.0.0.1/32 scram-sha-256
  host    all veteran             127.0.0.1/32 md5
  hostssl all tls_only            127.0.0.1/32 trust
  hostssl all countersign_client  127.0.0.1/32 cert`

const people = [
  'CREATE ROLE guest LOGIN',
  'CREATE ROLE tls_only LOGIN',
  'CREATE ROLE countersign_client LOGIN',
  `CREATE ROLE keeper LOGIN PASSWORD 'open sesame'`,
  `SET password_encryption = md5; CREATE ROLE veteran LOGIN PASSWORD 'open sesame'`,
  'CREATE DATABASE ours',
  'CREATE DATABASE crowded CONNECTION LIMIT 0',
  'CREATE DATABASE replica OWNER guest',
  'ALTER DATABASE replica SET default_transaction_read_only = on',
]

const pemFiles = ['server.pem', 'server.key', 'authority.pem']
const tls = ['ssl=on', 'ssl_cert_file=server.pem', 'ssl_key_file=server.key', 'ssl_ca_file=authority.pem']

/** A cluster that asks who comes: with TLS, by password, by certificate. */
export async function createGuardedCluster(): Promise<Cluster> {
  const files = Object.fromEntries(pemFiles.map((name) => [name, readFileSync(certificate(name), 'utf8')]))
  const cluster = await createCluster({
    programs: inject('postgresPrograms'),
    settings: ['fsync=off', ...tls],
    files: { ...files, 'pg_hba.conf': whoMayCome },
  })
  await withClient(`${cluster.url}postgres`, async (client) => {
    for (const sql of people) await client.query(sql)
  })
  return cluster
}
