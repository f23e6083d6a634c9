import { expectStatus, openClient, postRequest } from './load.ts'

export interface Pair {
  access: string
  refresh: string
}

export const password = 'correct horse battery staple'

export async function registerUser(address: string, username: string): Promise<void> {
  const client = await openClient(address)
  const body = { username, email: `${username}@example.com`, password }
  expectStatus(await client.ask(postRequest('/api/register/', body)), 201)
  client.close()
}

/** One session of the user for each of `count` clients. */
export async function openSessions(address: string, username: string, count: number): Promise<Pair[]> {
  const client = await openClient(address)
  const pairs: Pair[] = []
  for (let index = 0; index < count; index += 1) {
    const reply = expectStatus(await client.ask(postRequest('/api/login/', { username, password })), 200)
    pairs.push(JSON.parse(reply.body) as Pair)
  }
  client.close()
  return pairs
}

/** A user for each client of a flood: it comes for many names. */
export function floodName(index: number): string {
  return `user${index}`
}
