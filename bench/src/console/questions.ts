import { type Client, expectStatus } from '../load.ts'
import { adminRequest } from './administrator.ts'

/** Something that a screen asks for, another one each time where that makes a difference. */
export interface Question {
  name: string
  path: () => string
}

/** So deep a list is walked before: 200 pages of 200, from each of which on somebody may go on. */
const pagesDeep = 200

const any = <T>(of: readonly T[]) => of[Math.floor(Math.random() * of.length)] as T
const number = (most: number) => 1 + Math.floor(Math.random() * most)

/** What the lists are asked for, of so many users. */
export async function questionsFor(client: Client, cookie: string, users: number): Promise<Question[]> {
  const places = async (query: string) => walk(client, cookie, query)
  const [newest, byName, byMail] = [
    await places('sort=-created'),
    await places('sort=username'),
    await places('sort=-email'),
  ]
  return [
    { name: 'no list: who is signed in', path: () => 'session/' },
    { name: 'users, newest first', path: () => 'users/' },
    { name: 'users by name', path: () => `users/?sort=${any(['', '-'])}username` },
    { name: 'users by address', path: () => `users/?sort=${any(['', '-'])}email` },
    { name: 'users, newest first, deep', path: () => `users/?sort=-created&cursor=${any(newest)}` },
    { name: 'users by name, deep', path: () => `users/?sort=username&cursor=${any(byName)}` },
    { name: 'users by address, deep', path: () => `users/?sort=-email&cursor=${any(byMail)}` },
    { name: 'users, a search that many meet', path: () => `users/?search=user${number(9)}` },
    { name: 'users, a search that few meet', path: () => `users/?search=mail${number(users)}@` },
    { name: 'users, a search that nobody meets', path: () => `users/?search=nobody${number(users)}` },
    { name: 'users, disabled (an index)', path: () => 'users/?active=false' },
    { name: 'users of a role (an index)', path: () => 'users/?role=support' },
    { name: 'users, active', path: () => 'users/?active=true' },
    {
      name: 'users, not verified (10,000 looked at)',
      path: () => `users/?verified=false&cursor=${any(newest)}&sort=-created`,
    },
    { name: 'sessions, newest first', path: () => 'sessions/' },
    { name: 'sessions of an address', path: () => `sessions/?address=203.0.113.${number(249)}` },
    {
      name: 'sessions of no address (10,000 looked at)',
      path: () => 'sessions/?address=192.0.2.1&state=all',
    },
    { name: 'events, newest first', path: () => 'audit/' },
    { name: 'events of a kind that is not there (20,000 looked at)', path: () => 'audit/?event=key.revoked' },
  ]
}

async function walk(client: Client, cookie: string, query: string): Promise<string[]> {
  const places: string[] = []
  let cursor = ''
  while (places.length < pagesDeep) {
    const asked = adminRequest(`users/?limit=200&${query}${cursor && `&cursor=${cursor}`}`, cookie)
    cursor = (JSON.parse(expectStatus(await client.ask(asked), 200).body) as { next: string }).next
    places.push(cursor)
  }
  return places
}
