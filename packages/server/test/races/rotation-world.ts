import { judge, type RotationRules, type SessionState, slidingEnd } from '../../src/sessions/rotation.ts'
import {
  expectation,
  type Honest,
  type Ledger,
  type Minted,
  type Showing,
  stillHonest,
} from './rotation-oracle.ts'

/** Everything there is in a history of one session: the machine's state, the oracle's memory, what each client holds. */
export interface World {
  now: number
  /** what the machine under test holds */
  session: SessionState
  ledger: Ledger
  /** per client the places of the minted tokens that it has seen, oldest first */
  clients: readonly (readonly number[])[]
  honest: Honest | 'nobody yet' | undefined
}

export type Step =
  | {
      kind: 'refresh'
      client: number /** place in what it has seen */
      held: number
      keyed: boolean
      lost: boolean
    }
  | { kind: 'wait'; ms: number }
  | { kind: 'logout' }
  | { kind: 'disable' }

export interface WorldRules extends RotationRules {
  sessionTtlMs: number
}

/** A login at instant 0; every client has a copy of its token: three tabs, or a thief among them. */
export function openWorld(rules: WorldRules, clients = 3): World {
  const session: SessionState = {
    generation: 0,
    rotatedAt: 0,
    expiresAt: Math.min(slidingEnd(0, rules), rules.sessionTtlMs),
    endsAt: rules.sessionTtlMs,
    revokedAt: null,
    userIsActive: true,
    idempotencyDigest: null,
  }
  return {
    now: 0,
    session,
    ledger: { minted: [mint(session)], spendings: [], ended: false, disabled: false },
    clients: Array.from({ length: clients }, () => [0]),
    honest: 'nobody yet',
  }
}

/** As the token maker has it: the same session, generation and instants give the same bytes. */
function mint({ generation, rotatedAt, expiresAt }: SessionState): Minted {
  return { text: `${generation} ${rotatedAt} ${expiresAt}`, expiresAt }
}

/** What the promise forbids and the machine did. */
export class Broken extends Error {}

function insist(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Broken(promise)
}

/**
 * The world after one more step.
 * @throws Broken with the promise that the machine did not keep
 */
export function step(world: World, one: Step, rules: WorldRules): World {
  const next = taken(world, one, rules)
  checkAnyInstant(next, rules)
  return next
}

function taken(world: World, one: Step, rules: WorldRules): World {
  switch (one.kind) {
    case 'wait':
      return { ...world, now: world.now + one.ms }
    case 'logout':
      return ended({
        ...world,
        session: { ...world.session, revokedAt: world.session.revokedAt ?? world.now },
      })
    case 'disable':
      return {
        ...world,
        session: { ...world.session, userIsActive: false },
        ledger: { ...world.ledger, disabled: true },
      }
    case 'refresh':
      return refreshed(world, one, rules)
  }
}

function ended(world: World): World {
  return { ...world, ledger: { ...world.ledger, ended: true } }
}

/** The key that a client sends with a token: the same for each of its tries. */
export function keyOf(client: number, token: number): string {
  return `${client}:${token}`
}

/** A key as the machine sees it. */
export function digestOf(key: string): Uint8Array | null {
  return key === '' ? null : Uint8Array.from(key, (letter) => letter.charCodeAt(0))
}

/** What the machine makes of a token; the world itself stays as it is. */
export function shown(world: World, { token, key, now }: Showing, rules: WorldRules) {
  const [generation, , expiresAt] = (world.ledger.minted[token]?.text ?? '').split(' ').map(Number)
  const presented = {
    generation: generation ?? 0,
    expiresAt: expiresAt ?? 0,
    idempotencyDigest: digestOf(key),
  }
  return { presented, verdict: judge(world.session, presented, now, rules) }
}

function refreshed(world: World, one: Step & { kind: 'refresh' }, rules: WorldRules): World {
  const seen = world.clients[one.client] ?? []
  const token = seen[one.held] ?? 0
  const showing = { token, key: one.keyed ? keyOf(one.client, token) : '', now: world.now }
  const expected = expectation(world.ledger, showing, rules)
  const { verdict } = shown(world, showing, rules)
  const isNewest = one.held === seen.length - 1
  const honest = stillHonest(world.honest, { client: one.client, isNewest, showing }, rules)
  const excused = world.ledger.ended || world.ledger.disabled || expected.answer === 'refused'
  insist(
    !honest || excused || verdict.verdict === 'rotate' || verdict.verdict === 'replay',
    'nobody honest is out',
  )
  const after = { ...world, honest }
  switch (verdict.verdict) {
    case 'refuse':
      insist(expected.answer === 'refused', `the machine refused where the answer is ${expected.answer}`)
      return after
    case 'reuse':
      insist(expected.answer === 'theft', `the machine cried theft where the answer is ${expected.answer}`)
      return ended({ ...after, session: { ...world.session, revokedAt: world.now } })
    case 'replay':
      insist(expected.answer === 'again', `the machine replayed where the answer is ${expected.answer}`)
      insist(
        mint(world.session).text === world.ledger.minted[expected.token]?.text,
        'a replay gives the same bytes',
      )
      return one.lost ? after : handedOut(after, one.client, expected.token)
    case 'rotate':
      insist(expected.answer === 'fresh', `the machine rotated where the answer is ${expected.answer}`)
      return rotated(after, { client: one.client, showing, lost: one.lost }, verdict.next)
  }
}

function rotated(
  world: World,
  { client, showing, lost }: { client: number; showing: Showing; lost: boolean },
  session: SessionState,
): World {
  const { ledger } = world
  const made = mint(session)
  insist(!ledger.minted.some((old) => old.text === made.text), 'a rotation gives a token that never was')
  const gave = ledger.minted.length
  const spending = { token: showing.token, gave, at: world.now, key: showing.key }
  const after = {
    ...world,
    session,
    ledger: { ...ledger, minted: [...ledger.minted, made], spendings: [...ledger.spendings, spending] },
  }
  return lost ? after : handedOut(after, client, gave)
}

function handedOut(world: World, client: number, token: number): World {
  const clients = world.clients.map((seen, at) =>
    at === client && !seen.includes(token) ? [...seen, token].sort((a, b) => a - b) : seen,
  )
  return { ...world, clients }
}

/** What must hold at every instant of every history, whoever asks next: every token ever made is tried, none is used. */
function checkAnyInstant(world: World, rules: WorldRules): void {
  const { session, ledger, now } = world
  insist(session.expiresAt <= session.endsAt, 'the sliding end stays within the hard end')
  insist(session.endsAt === rules.sessionTtlMs, 'the hard end never moves')
  const newest = ledger.minted.length - 1
  insist(mint(session).text === ledger.minted[newest]?.text, 'the session is at the newest token')
  ledger.minted.forEach((_, token) => {
    const { verdict } = shown(world, { token, key: '', now }, rules).verdict
    const lives = verdict === 'rotate' || verdict === 'replay'
    insist(verdict !== 'rotate' || token === newest, 'one chain: only the newest token moves it on')
    insist(verdict !== 'replay' || token === newest - 1, 'one chain: only the last but one is replayed')
    insist(!lives || now < session.endsAt, 'nothing outlives the hard end')
    insist(!lives || !(ledger.ended || ledger.disabled), 'what has ended stays ended')
  })
}
