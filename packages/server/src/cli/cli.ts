import { loadConfig } from '../config/config.ts'
import { serve } from './serve.ts'

/** Runs one command line. */
export async function runCommand([command]: readonly string[]): Promise<number> {
  const config = loadConfig({ mode: command === 'start' ? 'start' : 'dev' })
  return serve(config, (address) => void process.stderr.write(`${address}\n`))
}
