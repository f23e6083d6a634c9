import { group } from '../../command.ts'
import { django } from './django.ts'
import { importHelp } from './help.ts'
import { users } from './users.ts'

/** Users from elsewhere. */
export const importCommands = group('import', importHelp, { django, users })
