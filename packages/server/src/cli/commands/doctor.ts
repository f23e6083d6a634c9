import { openLetters, openSmtp } from '../../app/mail.ts'
import { systemClock } from '../../clock.ts'
import { type Config, ConfigError } from '../../config/config.ts'
import type { Problem } from '../../config/problem.ts'
import { examineClock } from '../../doctor/clock.ts'
import { examineDatabase } from '../../doctor/database.ts'
import { examineDjangoKey } from '../../doctor/django-key.ts'
import { type Finding, problem } from '../../doctor/finding.ts'
import { examineHashing } from '../../doctor/hashing.ts'
import { examineDisk, examineFolder } from '../../doctor/machine.ts'
import { examineSmtp, examineTexts } from '../../doctor/mail.ts'
import { examineSettings, unusableSettings } from '../../doctor/settings.ts'
import { addressFlags, command } from '../command.ts'
import { CommandError, failureText } from '../failure.ts'
import { tableText } from '../terminal/table.ts'
import { hasDatabase, noDatabase, type SettingFlags, toolConfig, withTools } from '../tools.ts'

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
  console       whether somebody owns it, and can give others a role
  django key    how long the key of a Django deployment is honoured still, if one
                is set
  mail          whether the server for mail takes ours: it is greeted and logged
                in to, and sent nothing
  hashing       what a password costs on this machine; 50 to 250 ms are good
  disk          whether there is room

  ✓ is good, ! could be better, ✗ should be mended. The exit status is 1 if there
  is any ✗.

  --json           for programs: {"ok": …, "findings": [{"check": …, "level": "ok",
                   "says": …, "mend": …}, …]}; level is ok, warn or fail
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
  const read = readSettings(flags)
  if ('problems' in read) return unusableSettings(read.problems)
  const { config } = read
  return [
    ...examineSettings(config),
    ...examineFolder(config),
    ...(await examineExisting(config, flags, systemClock())),
    ...examineDjangoKey(config.djangoKey, systemClock()),
    ...examineTexts(() => openLetters(config, systemClock)),
    await examineSmtp(config, openSmtp(config)),
    await examineHashing(config),
    examineDisk(config),
  ]
}

function readSettings(flags: SettingFlags): { config: Config } | { problems: readonly Problem[] } {
  try {
    return { config: toolConfig(flags) }
  } catch (thrown) {
    if (thrown instanceof ConfigError) return { problems: thrown.problems }
    throw thrown
  }
}

/** Where there is no database, or it does not open, the clock is looked at all the same. */
async function examineExisting(config: Config, flags: SettingFlags, now: number): Promise<Finding[]> {
  try {
    if (!hasDatabase(config)) throw new CommandError(noDatabase(config))
    return await withTools({ flags, wanted: 'as_it_is' }, (tools) => examineDatabase(tools, now))
  } catch (thrown) {
    return [examineClock(now, 0), problem('database', failureText(thrown))]
  }
}

const marks = { ok: '✓', warn: '!', fail: '✗' } as const

function textOf(findings: readonly Finding[]): string {
  return tableText(findings.map((found) => [marks[found.level], found.check, lineOf(found)]))
}

function lineOf({ says, mend }: Finding): string {
  if (mend === undefined) return says
  return says.endsWith('.') ? `${says} ${mend}` : `${says}: ${mend}`
}
