import { Broken, type Step, step, type World, type WorldRules } from './rotation-world.ts'

/** Every step that is possible in this world, each once. */
export function everyStep(world: World, waitsMs: readonly number[]): Step[] {
  const refreshes = world.clients.flatMap((seen, client) =>
    seen.flatMap((_, held) =>
      [true, false].flatMap((keyed) =>
        [true, false].map((lost): Step => ({ kind: 'refresh', client, held, keyed, lost })),
      ),
    ),
  )
  const waits = waitsMs.map((ms): Step => ({ kind: 'wait', ms }))
  return [...refreshes, ...waits, { kind: 'logout' }, { kind: 'disable' }]
}

interface Reached {
  world: World
  /** how many different histories lead here */
  histories: number
  /** one of them */
  trail: readonly Step[]
}

/**
 * Walks all histories of so many steps. Two histories that lead to the very same world (machine, oracle, clients and
 * clock, field by field) have the same future, so that it is walked once and counted for both.
 * @throws Broken with the promise that some history breaks, and that history
 */
export function walkAllHistories(
  start: World,
  { steps, waitsMs, rules }: { steps: number; waitsMs: readonly number[]; rules: WorldRules },
): { histories: number; transitions: number } {
  let layer: Reached[] = [{ world: start, histories: 1, trail: [] }]
  const walked = { histories: 0, transitions: 0 }
  for (let length = 1; length <= steps; length += 1) {
    const next = new Map<string, Reached>()
    for (const reached of layer) {
      for (const one of everyStep(reached.world, waitsMs)) {
        const further = goOn(reached, one, rules)
        walked.transitions += 1
        walked.histories += further.histories
        if (length < steps) gather(next, further)
      }
    }
    layer = [...next.values()]
  }
  return walked
}

function goOn({ world, histories, trail }: Reached, one: Step, rules: WorldRules): Reached {
  try {
    return { world: step(world, one, rules), histories, trail: [...trail, one] }
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown
    throw new Broken(`${thrown.message}, after ${JSON.stringify([...trail, one])}`)
  }
}

function gather(layer: Map<string, Reached>, reached: Reached): void {
  const identity = identityOf(reached.world)
  const known = layer.get(identity)
  if (known) known.histories += reached.histories
  else layer.set(identity, reached)
}

/** All of a world in one text; worlds with the same text are the same world. */
function identityOf({ now, session, ledger, clients, honest }: World): string {
  const { generation, rotatedAt, expiresAt, endsAt, revokedAt, userIsActive, idempotencyDigest } = session
  const machine = `${generation},${rotatedAt},${expiresAt},${endsAt},${revokedAt},${userIsActive},${idempotencyDigest}`
  const minted = ledger.minted.map((one) => one.text).join()
  const spendings = ledger.spendings.map((one) => `${one.token}>${one.gave}@${one.at}${one.key}`).join()
  const trusted =
    typeof honest === 'object' ? `${honest.client},${honest.token},${honest.firstAt},${honest.keyed}` : honest
  return `${now}|${machine}|${minted}|${spendings}|${ledger.ended},${ledger.disabled}|${clients.join(';')}|${trusted}`
}
