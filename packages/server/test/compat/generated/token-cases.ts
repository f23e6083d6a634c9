import type { Given, Send } from '../../contract/scenario.ts'
import { signedByStranger, unsigned, withOtherPayload, withOtherSignature } from '../../contract/tokens.ts'
import { bearer, type TokenPair } from '../../harness.ts'
import { createDice, type Dice, mutate } from '../../tokens/mutations.ts'
import type { Case } from '../case.ts'

type Kind = 'access' | 'refresh'
type MakeToken = (given: Given, which: Kind) => string | Promise<string>

async function tokenOf({ session }: Given, which: Kind): Promise<string> {
  return (await session())[which]
}

/** A token after something was done with its session. */
function after(act: (given: Given, pair: TokenPair) => Promise<unknown>): MakeToken {
  return async (given, which) => {
    const pair = await given.session()
    await act(given, pair)
    return pair[which]
  }
}

const past = 1_600_000_000
const future = 1_900_000_000
const changed =
  (change: Record<string, unknown>): MakeToken =>
  (given) =>
    given.mint(change)

/** Tokens by what is the matter with them. */
const tokens: Readonly<Record<string, MakeToken>> = {
  good: tokenOf,
  spent: after(({ server }, { refresh }) => server.post('/api/token/refresh/', { refresh })),
  'of an ended session': after(({ server }, { refresh }) => server.post('/api/logout/', { refresh })),
  'of a successor': async ({ server, session }, which) => {
    const { refresh } = await session()
    return ((await server.post('/api/token/refresh/', { refresh })).json() as TokenPair)[which]
  },
  'with another payload': async (given, which) => withOtherPayload(await tokenOf(given, which)),
  'with another signature': async (given, which) => withOtherSignature(await tokenOf(given, which)),
  'by a stranger': async (given, which) => signedByStranger(await tokenOf(given, which)),
  unsigned: async (given, which) => unsigned(await tokenOf(given, which)),
  expired: changed({ iat: past - 900, exp: past }),
  'not yet good': changed({ nbf: future }),
  'from the future': changed({ iat: future, exp: future + 900 }),
  'of another issuer': changed({ iss: 'https://elsewhere.example' }),
  'for another audience': changed({ aud: 'https://elsewhere.example' }),
  'of another type': changed({ token_type: 'sliding' }),
  'without exp': changed({ exp: undefined }),
  'without jti': changed({ jti: undefined }),
  'without a type': changed({ token_type: undefined }),
  garbled: () => 'abc',
  'of three garbled parts': () => 'abc.def.ghi',
  'of two parts': () => 'eyJhbGciOiJIUzI1NiJ9.e30',
  'of empty parts': () => '..',
}

/** A part changed at random; the same draws on both sides, so the same kind of harm. */
function mutated(seed: number): MakeToken {
  return async (given, which) => {
    const token = await tokenOf(given, which)
    for (const dice = createDice(seed); ; ) {
      const other = asText(mutate([token], ['header', 'payload', 'signature'], dice))
      if (other !== token) return other
    }
  }
}

/** Without what no text may hold: whether a mutation brings one in depends on the length of the token. */
function asText(token: string): string {
  return token.replaceAll(/[\0\ud800-\udfff]/g, '')
}

function drawToken(dice: Dice): { name: string; make: MakeToken } {
  if (dice.below(3) === 0) return { name: 'mutated', make: mutated(dice.below(2 ** 31)) }
  const name = dice.pick(Object.keys(tokens))
  return { name, make: tokens[name] as MakeToken }
}

const fieldOf: Readonly<Record<string, string>> = {
  '/api/token/refresh/': 'refresh',
  '/api/token/blacklist/': 'refresh',
  '/api/logout/': 'refresh',
  '/api/token/verify/': 'token',
}

/** A token in the field where it belongs, or of the other kind. */
export function tokenFieldCase(dice: Dice): Omit<Case, 'name'> {
  const path = dice.pick(Object.keys(fieldOf))
  const { name, make } = drawToken(dice)
  const which: Kind = dice.below(4) === 0 ? 'access' : 'refresh'
  const dress = dice.pick<(token: string) => string>([
    ...[same, same, same, same, (token: string) => ` ${token}\n`],
    ...[(token: string) => `"${token}"`, (token: string) => `Bearer ${token}`],
  ])
  return {
    kind: `${which} token ${name}`,
    at: `POST ${path as '/'}`,
    send: async (given) => ({ body: { [fieldOf[path] ?? '']: dress(await make(given, which)) } }),
  }
}

function same(token: string): string {
  return token
}

const schemes = [
  'Bearer ',
  'Bearer ',
  'Bearer ',
  'Bearer ',
  'Bearer  ',
  'bearer ',
  'BEARER ',
  'Token ',
  'JWT ',
  'Basic ',
  '',
  'Bearer a ',
  'Bearer,',
  ' Bearer ',
]
const guarded = ['/api/protected/', '/api/dashboard/'] as const

/** A token in the header of a guarded route. */
export function headerCase(dice: Dice): Omit<Case, 'name'> {
  const { name, make } = drawToken(dice)
  const which: Kind = dice.below(4) === 0 ? 'refresh' : 'access'
  const scheme = dice.pick(schemes)
  const tail = dice.pick(['', '', '', '', ' ', ' x', ','])
  const method = dice.pick(['GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'OPTIONS'])
  return {
    kind: `header: ${which} token ${name}`,
    at: `${method} ${dice.pick(guarded)}`,
    async send(given) {
      const token = headerText(await make(given, which))
      return { headers: { authorization: `${scheme}${token}${tail}` } }
    },
  }
}

/** A header has no room for these. */
function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '')
}

type Step = (given: Given, session: TokenPair) => Promise<TokenPair>

const steps: Readonly<Record<string, Step>> = {
  async refresh({ server }, pair) {
    const answer = await server.post('/api/token/refresh/', { refresh: pair.refresh })
    return answer.status === 200 ? { ...pair, ...(answer.json() as TokenPair) } : pair
  },
  async verify({ server }, pair) {
    await server.post('/api/token/verify/', { token: pair.refresh })
    return pair
  },
  async look({ server }, pair) {
    await server.get('/api/protected/', bearer(pair.access))
    return pair
  },
  another: ({ session }) => session(),
}

const lasts: readonly ((pair: TokenPair) => { at: Case['at']; send: Send })[] = [
  ({ refresh }) => ({ at: 'POST /api/token/refresh/', send: { body: { refresh } } }),
  ({ refresh }) => ({ at: 'POST /api/token/verify/', send: { body: { token: refresh } } }),
  ({ access }) => ({ at: 'POST /api/token/verify/', send: { body: { token: access } } }),
  ({ refresh }) => ({ at: 'POST /api/token/blacklist/', send: { body: { refresh } } }),
  ({ access }) => ({ at: 'GET /api/protected/', send: { headers: bearer(access) } }),
]

/** What a well-behaved client does, step by step, and what it hears at the end. */
export function historyCase(dice: Dice): Omit<Case, 'name'> {
  const walk = Array.from({ length: dice.below(5) }, () => dice.pick(Object.keys(steps)))
  const last = dice.pick(lasts)
  const { at } = last({ access: '', refresh: '', access_expires_in: 0, refresh_expires_in: 0 })
  return {
    kind: 'history',
    at,
    async send(given) {
      let pair = await given.session()
      for (const step of walk) pair = (await steps[step]?.(given, pair)) ?? pair
      return last(pair).send
    },
  }
}
