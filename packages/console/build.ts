import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/** Builds the console where its sources are newer than what was built of them, or nothing was. */
const here = import.meta.dirname

function changedAt(file: string): number {
  return statSync(join(here, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

const sources = ['index.html', 'vite.config.ts', ...globSync('src/**', { cwd: here })]
const builtAt = changedAt('dist/index.html')
if (sources.some((file) => changedAt(file) > builtAt))
  await build({ root: here, configFile: join(here, 'vite.config.ts'), logLevel: 'warn' })
