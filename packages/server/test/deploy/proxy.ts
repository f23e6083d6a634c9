import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { type AddressInfo, connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { vi } from 'vitest'
import { freePort } from '../cli/shell.ts'
import { root } from '../docs/pages.ts'
import { temporaryFolder } from '../harness.ts'

export const proxyNames = ['nginx', 'caddy', 'haproxy'] as const
export type ProxyName = (typeof proxyNames)[number]

/** Where a program lies; undefined where it is not installed. Proxies are often outside a user's path. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

interface Trial {
  folder: string
  /** of the TLS listener, on 127.0.0.1 */
  port: number
  /** `host:port` of the server behind it */
  backend: string
}

interface Prepared {
  /** the configuration of deploy/proxies with other ports, certificate and backend, and nothing else changed */
  text: string
  args: readonly string[]
}

const proxies: Record<ProxyName, (trial: Trial) => Promise<Prepared>> = {
  async nginx({ folder, port, backend }) {
    const site = adapted('nginx.conf', [
      ['server 127.0.0.1:8000;', `server ${backend};`],
      ['listen 80;', `listen 127.0.0.1:${await freePort()};`],
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['/etc/ssl/auth.example.com.pem', join(folder, 'both.pem')],
      ['/etc/ssl/private/auth.example.com.key', join(folder, 'both.pem')],
    ])
    const user = process.getuid?.() === 0 ? 'user root;' : ''
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (one) => `${one}_temp_path ${one};`,
    )
    const http = `http { access_log off; ${paths.join(' ')}\n${site} }`
    const text = `${user} daemon off; worker_processes 1; pid pid; events {} ${http}`
    return { text, args: ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx')] }
  },
  async caddy({ folder, port, backend }) {
    const pem = join(folder, 'both.pem')
    const site = `https://auth.example.com:${port} {\n\tbind 127.0.0.1\n\ttls ${pem} ${pem}`
    const text = adapted('Caddyfile', [
      ['auth.example.com {', site],
      ['127.0.0.1:8000', backend],
    ])
    const options = '{\n\tadmin off\n\tauto_https disable_redirects\n}\n'
    const args = ['run', '--adapter', 'caddyfile', '--config', join(folder, 'caddy')]
    return { text: `${options}${text}`, args }
  },
  async haproxy({ folder, port, backend }) {
    const text = adapted('haproxy.cfg', [
      ['bind :80', `bind 127.0.0.1:${await freePort()}`],
      ['bind :443', `bind 127.0.0.1:${port}`],
      ['/etc/haproxy/auth.example.com.pem', join(folder, 'both.pem')],
      ['10.0.0.11:8000', backend],
      ['10.0.0.12:8000', backend],
    ])
    return { text, args: ['-db', '-f', join(folder, 'haproxy')] }
  },
}

/** @throws Error where the file no longer says what is to be replaced */
function adapted(file: string, replacements: readonly (readonly [string, string])[]): string {
  let text = readFileSync(join(root, 'deploy/proxies', file), 'utf8')
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${file} says no more: ${from}`)
    text = text.replace(from, to)
  }
  return text
}

/** Runs one of the proxies as deploy/proxies has it, in front of a server; resolves once it takes connections. */
export async function runProxy(name: ProxyName, program: string, backend: string) {
  const folder = temporaryFolder()
  const port = await freePort()
  makeCertificate(join(folder, 'both.pem'))
  const { text: configuration, args } = await proxies[name]({ folder, port, backend })
  writeFileSync(join(folder, name), configuration)
  const child = spawn(program, args, {
    cwd: folder,
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const talk = text(child.stderr)
  const exited = once(child, 'exit')
  const ended = exited.then(async () => Promise.reject(new Error(`${name} ended:\n${await talk}`)))
  ended.catch(() => undefined)
  await Promise.race([vi.waitFor(() => canConnect(port), { timeout: 30_000, interval: 50 }), ended])
  return {
    port,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** A certificate that signs itself, and its key, in one file. */
function makeCertificate(file: string): void {
  const subject = ['-subj', '/CN=auth.example.com', '-addext', 'subjectAltName=DNS:auth.example.com']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const args = ['req', '-x509', ...key, ...subject, '-keyout', file, '-out', `${file}.crt`]
  execFileSync('openssl', args, { stdio: 'ignore' })
  writeFileSync(file, readFileSync(`${file}.crt`), { flag: 'a' })
}

async function canConnect(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
}

/** Passes bytes on and counts the connections that it took. */
export async function openRelay(address: string) {
  const { hostname, port } = new URL(address)
  let connections = 0
  const server = createServer((inside) => {
    connections += 1
    const outside = connect(Number(port), hostname)
    for (const socket of [inside, outside]) socket.on('error', () => undefined)
    inside.pipe(outside).pipe(inside)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    backend: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    close: () => void server.close(),
  }
}

interface Asked {
  body?: string
  headers?: Record<string, string>
}

/** A client of the proxy that comes from an address of its own, over TLS. */
export function openClient(port: number, localAddress: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress, rejectUnauthorized: false })
  return async (method: string, path: string, { body, headers = {} }: Asked = {}) => {
    const json =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }
    const sent = request({
      ...{ agent, method, path, port, host: '127.0.0.1', servername: 'auth.example.com' },
      headers: { host: 'auth.example.com', ...json, ...headers },
    })
    // A proxy that refuses a body by its length closes before all of it is written.
    sent.on('error', () => undefined)
    sent.end(body)
    const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage]
    return { status: answer.statusCode ?? 0, text: await text(answer) }
  }
}
