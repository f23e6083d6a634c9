import { group } from '../../command.ts'
import { exportCommand } from './export.ts'
import { auditHelp } from './help.ts'
import { list } from './list.ts'
import { verify } from './verify.ts'

/** What an operator learns from the trail. */
export const audit = group('audit', auditHelp, { list, verify, export: exportCommand })
