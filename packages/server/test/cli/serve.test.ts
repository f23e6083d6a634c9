import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openConnection } from '../../src/store/sqlite/connection.ts'
import { openShell, type Shell } from './shell.ts'

async function shell(extra: Record<string, string> = {}): Promise<Shell> {
  const made = await openShell(extra)
  onTestFinished(() => made.stopAll())
  return made
}

/** A request whose body is still on its way: the server must wait for it, up to its drain time. */
async function halfRequest(port: number): Promise<{ socket: Socket; rest: string }> {
  const body = JSON.stringify({ username: 'alice', password: 'wrong' })
  const socket = connect(port, '127.0.0.1')
  socket.write(
    'POST /api/login/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  )
  await vi.waitFor(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/livez`)
    expect(answer.status).toBe(200)
  })
  return { socket, rest: body.slice(5) }
}

describe('dev', () => {
  test('shows a banner with lines that work as they stand', async () => {
    const { folder, run, serve, port } = await shell()
    const server = await serve('countersign dev')
    const banner = server.talk.join('\n')
    expect(banner).toMatch(/^ {2}Countersign \d+\.\d+\.\d+ · development · SQLite$/m)
    for (const path of ['/api/', '/docs', '/openapi.json', '/.well-known/jwks.json', '/dev/outbox']) {
      expect(banner).toContain(`http://127.0.0.1:${port}${path}\n`)
    }
    expect(banner).toMatch(/Data folder +\.\/countersign-data\n {2}Signing key +ES256 [\w-]{8}…/)
    expect(banner).not.toContain('\u001b')

    const lines = server.talk.filter((line) => /^ {2}(curl|TOKEN=)/.test(line))
    expect(lines).toHaveLength(3)
    writeFileSync(join(folder, 'pasted.sh'), lines.join('\n'))
    const { stdout } = await run('bash pasted.sh')
    const [registered = '', greeted = '', ...more] = stdout.trimEnd().split('\n')
    expect(JSON.parse(registered)).toMatchObject({ username: 'alice', email: 'alice@example.com' })
    expect(greeted).toBe('{"message":"Hello alice, you have accessed a protected route!"}')
    expect(more).toEqual([])
  })

  test('logs one JSON object a line and nothing else on stdout, unless that is a terminal', async () => {
    const { serve } = await shell({ LOG_LEVEL: 'debug' })
    const server = await serve('countersign dev')
    expect(await server.stop()).toBe(0)
    expect(server.logs.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(
      expect.arrayContaining(['server.listening', 'server.draining', 'server.stopped']),
    )
  })

  test('on a terminal it has colours, but not where NO_COLOR is set', async () => {
    const { serve } = await shell()
    const line = 'env TERM=xterm script -qec "countersign dev" /dev/null < /dev/null'
    const coloured = await serve(line)
    expect(coloured.logs.join('\n')).toContain('\u001b[1mCountersign')
    await coloured.stop()
    const plain = await serve(`env NO_COLOR=1 ${line.slice(4)}`)
    expect(plain.logs.join('\n')).toContain('  Countersign ')
    expect(plain.logs.join('\n')).not.toContain('\u001b[1mCountersign')
  })

  test('warns where it is open to the network', async () => {
    const { serve } = await shell()
    const server = await serve('countersign dev --host 0.0.0.0')
    expect(server.talk.join('\n')).toContain('! Open to the network on 0.0.0.0')
  })

  test('--port, --host and --data win over the environment', async () => {
    const { run, serve, port, folder } = await shell({ PORT: '1', HOST: '192.0.2.1', COUNTERSIGN_DATA: 'no' })
    await serve(`countersign dev --port ${port} --host localhost --data yes`)
    expect((await fetch(`http://localhost:${port}/livez`)).status).toBe(200)
    expect((await run('ls')).stdout).toBe('yes\n')
    expect((await run(`ls ${folder}/yes`)).stdout).toContain('countersign.db')
  })

  test('an address of another machine is one clear sentence', async () => {
    const { run } = await shell()
    const { status, stderr } = await run('countersign dev --host 192.0.2.1')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^countersign: 192\.0\.2\.1 is no address of this machine\. .*\n$/)
  })

  test('a data folder that cannot be made is one clear sentence', async () => {
    const { run, folder } = await shell()
    writeFileSync(join(folder, 'occupied'), '')
    const { status, stderr } = await run('countersign dev --data occupied')
    expect(status).toBe(1)
    expect(stderr).toContain('occupied cannot be used')
    expect(stderr).not.toContain('    at ')
  })

  test('a database of a newer version is left alone, and said so', async () => {
    const { run, serve, folder } = await shell()
    await run('countersign migrate')
    const db = openConnection(join(folder, 'countersign-data/countersign.db'))
    db.rows('INSERT INTO migrations (id, applied_at) VALUES (@id, 0)', { id: '9999-flying-cars' })
    db.close()
    const sentence = /^countersign: The database has migration 9999-flying-cars where .*\n$/
    for (const command of ['dev', 'users list', 'migrate']) {
      const { status, stderr } = await run(`countersign ${command}`)
      expect(stderr).toMatch(sentence)
      expect(status).toBe(1)
    }
    const { stdout } = await run('countersign doctor')
    expect(stdout).toMatch(/^✗ {2}database .*9999-flying-cars/m)
    await expect(serve('countersign dev')).rejects.toThrow('9999-flying-cars')
  })

  test('a failure nobody foresaw is told with its stack, and the process ends', async () => {
    const { run, folder } = await shell()
    await run('countersign migrate')
    const db = openConnection(join(folder, 'countersign-data/countersign.db'))
    db.exec('ALTER TABLE signing_keys RENAME COLUMN retires_at TO unknown')
    db.close()
    const { status, stderr } = await run('countersign dev')
    expect(stderr).toMatch(
      /^countersign: This should not have happened; please report it\.\n.*retires_at\n {4}at /,
    )
    expect(status).toBe(1)
  })
})

describe('start', () => {
  test('says one line, and serves what the settings name', async () => {
    const { serve, port } = await shell({
      COUNTERSIGN_ISSUER: 'https://auth.example.com',
      COUNTERSIGN_SECRET: 'a secret of thirty-two characters or more',
    })
    const server = await serve('countersign start')
    expect(server.talk).toHaveLength(1)
    expect(server.talk[0]).toMatch(
      new RegExp(
        `^Countersign \\S+ serves https://auth\\.example\\.com on http://127\\.0\\.0\\.1:${port} \\(production, SQLite\\)$`,
      ),
    )
  })
})

describe('the end of a server', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: a running request is answered, then 0', async (signal) => {
    const { serve, port } = await shell()
    const server = await serve('countersign dev')
    const { socket, rest } = await halfRequest(port)
    const answer = text(socket)
    server.child.kill(signal)
    await vi.waitFor(() => expect(server.logs.join('\n')).toContain('server.draining'), { timeout: 10_000 })
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow()
    socket.write(rest)
    expect(await answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(await server.exited).toBe(0)
    expect(server.logs.at(-1)).toContain('server.stopped')
  })

  test('the same signal twice at once is one key press: the terminal sends it, and npm sends it on', async () => {
    const { serve, port } = await shell()
    const server = await serve('countersign dev')
    const { socket, rest } = await halfRequest(port)
    const answer = text(socket)
    server.child.kill('SIGINT')
    server.child.kill('SIGINT')
    await vi.waitFor(() => expect(server.logs.join('\n')).toContain('server.draining'), { timeout: 10_000 })
    socket.write(rest)
    expect(await answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(await server.exited).toBe(0)
  })

  test('a later second signal ends it at once, whatever is under way', async () => {
    const { serve, port } = await shell()
    const server = await serve('countersign dev')
    const { socket } = await halfRequest(port)
    socket.on('error', () => undefined)
    server.child.kill('SIGTERM')
    await vi.waitFor(() => expect(server.logs.join('\n')).toContain('server.draining'), { timeout: 10_000 })
    const again = setInterval(() => server.child.kill('SIGTERM'), 600)
    expect(await server.exited).toBe(130)
    clearInterval(again)
    expect(server.logs.join('\n')).not.toContain('server.stopped')
  })
})
