import { request } from 'node:http'
import { hashArgon2id } from '../../../packages/server/src/passwords/argon2id.ts'
import { password } from '../users.ts'
import { owner } from './seeds.ts'

/** Of the owner, as cheap as it gets: nobody measures his sign-in. */
export function ownerHash(): Promise<string> {
  return hashArgon2id(password, { memoryKib: 8, timeCost: 1, parallelism: 1 })
}

/** Signs the owner in. @returns what a browser would send as its cookies */
export function signIn(address: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  return new Promise((resolve, reject) => {
    const asking = request(`${address}/api/admin/session/`, { method: 'POST', headers }, (answer) => {
      answer.resume()
      const cookies = answer.headers['set-cookie'] ?? []
      if (cookies.length === 0) reject(new Error(`the owner is not let in: ${answer.statusCode}`))
      resolve(cookies.map((line) => line.split(';')[0]).join('; '))
    })
    asking.once('error', reject)
    asking.end(JSON.stringify({ username: owner, password }))
  })
}

/** A question to the admin API, as `load.ts` sends it. */
export function adminRequest(path: string, cookie: string): string {
  return `GET /api/admin/${path} HTTP/1.1\r\nhost: bench\r\nsec-fetch-site: same-origin\r\ncookie: ${cookie}\r\n\r\n`
}
