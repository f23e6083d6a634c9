import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * Before all tests: the packages that the examples stand on are built. Their start commands would do it, several at once,
 * and one would read what another is writing. What the compiler has to say stops no other test.
 */
export function setup(): void {
  const root = join(import.meta.dirname, '../..')
  const packages = ['client', 'guard'].map((name) => join(root, 'packages', name, 'tsconfig.build.json'))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  spawnSync(process.execPath, [compiler, '-b', ...packages], { stdio: 'inherit' })
}
