import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * Before all tests: the packages that the examples stand on are built. Their start commands would do it, several at once,
 * and one would read what another is writing.
 */
export function setup(): void {
  const root = join(import.meta.dirname, '../..')
  const packages = ['client', 'guard'].map((name) => join(root, 'packages', name, 'tsconfig.build.json'))
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...packages])
}
