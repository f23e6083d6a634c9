import { goodPassword } from '../../contract/bodies.ts'
import type { Given, Send } from '../../contract/scenario.ts'
import { createDice, type Dice } from '../../tokens/mutations.ts'
import type { Case } from '../case.ts'
import { broken, encoded, type Members, mistyped, rearranged } from './bodies.ts'
import { nearlyEmail, nearlyName, nearlyPassword, oddValue, type Spelled } from './values.ts'

interface Form {
  at: Case['at']
  /** good members for this user */
  good(user: string): Record<string, Spelled>
  near: Readonly<Record<string, (user: string, dice: Dice) => Spelled>>
  /** what has to be there before */
  before?: (given: Given) => Promise<unknown>
}

const spelled = JSON.stringify
const credentials = (user: string) => ({ username: spelled(user), password: spelled(goodPassword) })
const register = ({ server, user }: Given) =>
  server.post('/api/register/', { username: user, email: `${user}@example.com`, password: goodPassword })
const login = {
  good: credentials,
  near: { username: nearlyName, password: nearlyPassword },
  before: register,
}
const oneToken = (name: string) => ({ good: () => ({ [name]: '"abc"' }), near: {} })

const forms: readonly Form[] = [
  {
    at: 'POST /api/register/',
    good: (user) => ({ ...credentials(user), email: spelled(`${user}@example.com`) }),
    near: { username: nearlyName, email: nearlyEmail, password: nearlyPassword },
  },
  { at: 'POST /api/login/', ...login },
  { at: 'POST /api/token/', ...login },
  { at: 'POST /api/token/refresh/', ...oneToken('refresh') },
  { at: 'POST /api/token/verify/', ...oneToken('token') },
  { at: 'POST /api/token/blacklist/', ...oneToken('refresh') },
]

/** Fields of every kind of value, in every encoding; some of the bodies are none. */
export function fieldCase(dice: Dice): Omit<Case, 'name'> {
  const form = dice.pick([...forms, forms[0] as Form, forms[1] as Form])
  const draws = Array.from({ length: 3 }, () => dice.below(10))
  const seed = dice.below(2 ** 31)
  const kind = dice.below(10)
  return {
    kind: kind < 6 ? 'fields' : 'bodies',
    at: form.at,
    async send(given) {
      await form.before?.(given)
      return bodyOf(form, given.user, { draws, seed, kind })
    },
  }
}

interface Draw {
  draws: readonly number[]
  seed: number
  kind: number
}

/** The same draws give the same body, whichever server is asked. */
function bodyOf(form: Form, user: string, { draws, seed, kind }: Draw): Send {
  const own = createDice(seed)
  const members: Members = Object.entries(form.good(user)).map(([name, value], index) => {
    const draw = draws[index] ?? 0
    if (draw < 4) return [name, value]
    const near = form.near[name]
    return [name, near && draw < 8 ? near(user, own) : oddValue(own)]
  })
  if (kind < 6) return encoded(rearranged(members, own), own)
  return kind < 9 ? broken(members, own) : mistyped(members, own)
}
