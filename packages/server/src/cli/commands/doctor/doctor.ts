import { systemClock } from '../../../clock.ts'
import { addressFlags, command } from '../../command.ts'
import { tableText } from '../../terminal/table.ts'
import type { SettingFlags } from '../../tools.ts'
import { examineDatabase } from './database.ts'
import { examineDjangoKey } from './django-key.ts'
import type { Finding } from './finding.ts'
import { examineHashing } from './hashing.ts'
import { examineDisk, examineFolder } from './machine.ts'
import { examineMail } from './mail.ts'
import { examineSettings } from './settings.ts'

const help = `Usage: countersign doctor [--json] [--data FOLDER]

Examines a deployment, running or not, and changes nothing:

  settings      what is wrong, and what countersign start would refuse
  clock         whether it is later than what the database has seen, and near
                to that of a database server
  data folder   whether only its owner can read it
  database      whether the file is sound (this reads all of it); of a server,
                how far it is, whether commits are on its disk, and whether it
                has connections enough
  migrations    whether it is of this version
  keys          whether they open with the secret, and sign
  django key    how long the key of a Django deployment is honoured still, if one
                is set
  mail          whether the server for mail takes ours: it is greeted and logged
                in to, and sent nothing
  hashing       what a password costs on this machine; 50 to 250 ms are good
  disk          whether there is room

  ✓ is good, ! could be better, ✗ should be mended. The exit status is 1 if there
  is any ✗.

  --json           for programs: {"ok": …, "findings": […]}
  --data FOLDER    folder of the database, ./countersign-data if not given`

/** Examines settings, database, keys and machine. */
export const doctor = command({
  name: 'doctor',
  help,
  flags: { ...addressFlags, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const findings = await examine(values)
    const ok = findings.every(({ level }) => level !== 'fail')
    terminal.print(values.json ? JSON.stringify({ ok, findings }) : textOf(findings))
    return ok ? 0 : 1
  },
})

async function examine(flags: SettingFlags): Promise<Finding[]> {
  const { config, findings } = examineSettings(flags)
  if (!config) return findings
  return [
    ...findings,
    ...examineFolder(config),
    ...(await examineDatabase(config, flags, systemClock())),
    ...examineDjangoKey(config.djangoKey, systemClock()),
    ...(await examineMail(config)),
    await examineHashing(config),
    examineDisk(config),
  ]
}

const marks = { ok: '✓', warn: '!', fail: '✗' } as const

function textOf(findings: readonly Finding[]): string {
  return tableText(findings.map(({ level, check, says }) => [marks[level], check, says]))
}
