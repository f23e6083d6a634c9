import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { spawnWorkers, until } from '../workers/spawn-workers.ts'

/** A `systemd-notify` that writes down what it is told, a line a call. */
function notifyProgram() {
  const folder = temporaryFolder()
  const file = join(folder, 'told')
  const program = `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> '${file}'\n`
  writeFileSync(join(folder, 'systemd-notify'), program, { mode: 0o755 })
  return {
    env: { PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: '/run/nobody' },
    told: () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []),
  }
}

describe('systemd', () => {
  test('is told that the server serves, with whom and where, and that it stops', async () => {
    const { env, told } = notifyProgram()
    const server = await spawnServer({ data: temporaryFolder(), env })
    onTestFinished(() => void server.stop('SIGKILL'))
    const ready = `/run/nobody --ready --pid=${server.pid} --status=Serves http://127.0.0.1:8000 on ${server.address}`
    await until(() => told().length === 1)
    expect(told()).toEqual([ready])
    expect(await server.stop()).toEqual([0, null])
    expect(told()).toEqual([ready, '/run/nobody STOPPING=1 STATUS=Draining'])
  })

  test('hears from the primary process alone where there are workers, and of its watchdog', async () => {
    const { env, told } = notifyProgram()
    const workers = await spawnWorkers(2, { ...env, WATCHDOG_USEC: '200000' })
    onTestFinished(() => void workers.stop('SIGKILL'))
    const beats = () => told().filter((line) => line === '/run/nobody WATCHDOG=1').length
    const atFirst = beats()
    await until(() => beats() > atFirst + 2)
    expect(await workers.stop()).toEqual([0, null])
    expect(told().filter((line) => line.includes('--ready'))).toEqual([
      expect.stringContaining(`--pid=${workers.pid} `),
    ])
    expect(told().filter((line) => line.includes('STOPPING=1'))).toHaveLength(1)
  })

  test('cannot be told where its program is missing: a line in the log, once, and the server serves', async () => {
    const bare = join(temporaryFolder(), 'empty')
    mkdirSync(bare)
    const env = { PATH: bare, NOTIFY_SOCKET: '/run/nobody', WATCHDOG_USEC: '20000' }
    const server = await spawnServer({ data: temporaryFolder(), env })
    expect((await fetch(`${server.address}/readyz`)).status).toBe(200)
    expect(await server.stop()).toEqual([0, null])
    const failed = server.logs.filter((line) => line.includes('"server.notify_failed"'))
    expect(failed).toEqual([expect.stringMatching(/"level":"warn".*ENOENT/)])
  })

  const missing = ['python3', 'systemd-notify'].filter((name) => spawnSync(name, ['--version']).error)

  test.skipIf(missing.length > 0)(
    `hears it through a real socket (skipped where a program for it is missing: ${missing.join() || 'none is'})`,
    async () => {
      const heard = await openSocket()
      const server = await spawnServer({ data: temporaryFolder(), env: { NOTIFY_SOCKET: heard.path } })
      onTestFinished(() => void server.stop('SIGKILL'))
      await until(() => heard.lines.includes('READY=1'))
      expect(heard.lines).toContain(`MAINPID=${server.pid}`)
      expect(heard.lines).toContain(`STATUS=Serves http://127.0.0.1:8000 on ${server.address}`)
      expect(await server.stop()).toEqual([0, null])
      await until(() => heard.lines.includes('STOPPING=1'))
    },
  )
})

/** Prints each datagram that comes; Node has no sockets of that kind. */
const listener = `
import socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1])
print('bound', flush=True)
while True: print(heard.recv(4096).decode(), flush=True)
`

async function openSocket(): Promise<{ path: string; lines: string[] }> {
  const path = join(temporaryFolder(), 'notify')
  const child = spawn('python3', ['-c', listener, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  await once(reader, 'line')
  return { path, lines }
}
