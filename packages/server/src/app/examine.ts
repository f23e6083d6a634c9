import { statSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { examineDatabase } from '../doctor/database.ts'
import { examineDjangoKey } from '../doctor/django-key.ts'
import type { Finding } from '../doctor/finding.ts'
import { examineDisk, examineFolder } from '../doctor/machine.ts'
import { examineSmtp } from '../doctor/mail.ts'
import { examineSettings } from '../doctor/settings.ts'
import type { Store } from '../store/store.ts'
import type { Deployment } from './deployment.ts'
import { openSmtp } from './mail.ts'

type Examined = Pick<Deployment, 'config' | 'store' | 'clock' | 'clockSkewMs'>

/**
 * Examines a deployment that serves, as `countersign doctor` does, but for what would hold requests up: to read all of
 * the database file, and to measure a hash. Whoever asks while it is at it gets the same findings.
 */
export function examinerOf(deployment: Examined): () => Promise<readonly Finding[]> {
  let running: Promise<readonly Finding[]> | undefined
  return () => {
    running ??= examine(deployment).finally(() => {
      running = undefined
    })
    return running
  }
}

async function examine({ config, store, clock, clockSkewMs }: Examined): Promise<readonly Finding[]> {
  const machine = clock() + (clockSkewMs?.() ?? 0)
  const smtp = examineSmtp(config, openSmtp(config))
  return [
    ...examineSettings(config),
    ...(config.database.kind === 'sqlite' && config.database.file === ':memory:'
      ? []
      : examineFolder(config)),
    ...(await examineDatabase({ config, store }, machine)),
    ...examineDjangoKey(config.djangoKey, machine),
    await smtp,
    examineDisk(config),
  ]
}

/** What the database is, and how large. */
export async function databaseFactsOf(
  { database }: Pick<Config, 'database'>,
  store: Pick<Store, 'describe'>,
) {
  if (database.kind === 'sqlite') return { server: undefined, sizeBytes: sizeOf(database.file) }
  const facts = await store.describe?.()
  return { server: facts?.server, sizeBytes: facts?.sizeBytes }
}

/** With what is written and not yet in its place; undefined for one in memory. */
function sizeOf(file: string): number | undefined {
  const sizes = ['', '-wal'].map((end) => statSync(`${file}${end}`, { throwIfNoEntry: false })?.size)
  return sizes[0] === undefined ? undefined : sizes[0] + (sizes[1] ?? 0)
}
