#!/usr/bin/env node
// Runs the program under a Node that is new enough for it. Until that is found, this file itself may be read by an old
// one, so it keeps to what Node 14 understands.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const neededMajor = 24
const here = dirname(fileURLToPath(import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  const source = join(here, '../src/main.ts')
  const isWorkspace = existsSync(source)
  if (isWorkspace) keepStrippedCode(join(here, '../../../node_modules/.cache/countersign'))
  void import(pathToFileURL(isWorkspace ? source : join(here, '../dist/main.js')).href)
} else {
  const node = findNode(here)
  if (node) runUnder(node)
  else refuse()
}

/**
 * Sources without their types are kept beside the packages, so that only the first start pays for taking them off: in
 * time, and in the memory of the tool that does it, which every thread would load. Threads read the variable.
 */
function keepStrippedCode(folder) {
  module.enableCompileCache(folder)
  process.env.NODE_COMPILE_CACHE = folder
}

/** The Node that a workspace or a project has installed as a package, in the nearest node_modules above. */
function findNode(folder) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const packageName = `node-${process.platform.replace('win32', 'win')}-${process.arch}`
  const candidate = join(folder, 'node_modules', packageName, 'bin', file)
  if (existsSync(candidate) && realpathSync(candidate) !== realpathSync(process.execPath)) return candidate
  const above = dirname(folder)
  return above === folder ? undefined : findNode(above)
}

/** The other Node has our terminal, gets our signals, and ends with its own status or signal. */
function runUnder(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const forward = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, forward)
  child.on('error', (error) => {
    process.stderr.write(`countersign: ${node} does not run: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (status, signal) => {
    for (const one of signals) process.removeListener(one, forward)
    process.exitCode = status === null ? 128 + constants.signals[signal] : status
    if (signal) process.kill(process.pid, signal)
  })
}

function refuse() {
  process.stderr.write(
    `countersign: this needs Node ${neededMajor} or newer, and here runs Node ${process.versions.node}: ` +
      `install it from https://nodejs.org, or with a version manager, for example: nvm install ${neededMajor}\n`,
  )
  process.exitCode = 1
}
