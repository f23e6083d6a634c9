import { runCommand } from './cli/cli.ts'
import { openTerminal } from './cli/terminal/terminal.ts'

process.exitCode = await runCommand(process.argv.slice(2), openTerminal())
