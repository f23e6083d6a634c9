import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

/**
 * Builds the console where its sources are newer than what was built of them, or nothing was. `npm start` loads this before
 * the server, whose threads load it too and leave the work to the first.
 */
const here = import.meta.dirname

function changedAt(file: string): number {
  return statSync(join(here, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

const sources = ['index.html', 'vite.config.ts', ...globSync('src/**', { cwd: here })]
const builtAt = changedAt('dist/index.html')
if (isMainThread && sources.some((file) => changedAt(file) > builtAt)) {
  // Whoever left development packages out runs a server without it.
  const vite = await import('vite').catch(() => undefined)
  if (vite) await vite.build({ root: here, configFile: join(here, 'vite.config.ts'), logLevel: 'warn' })
  else process.stderr.write('The admin console is not built: vite is not installed.\n')
}
