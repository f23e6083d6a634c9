import { checkEnded, end, login, register, replay, reuse, rotate, visit } from './acts.ts'
import type { Session, Soaker, User } from './soaker.ts'

const devicesPerUser = 3
const mostSteps = 12

/** Registers, logs in, refreshes, goes astray and logs out, one after the other, through whatever happens. */
export async function live(soaker: Soaker): Promise<void> {
  while (soaker.goesOn()) {
    const user = await register(soaker)
    for (let device = 0; device < devicesPerUser && soaker.goesOn(); device += 1)
      await useDevice(soaker, user)
    await lookBack(soaker)
  }
}

/** In the end, everything that was ever acknowledged. */
export async function checkAll(soaker: Soaker): Promise<void> {
  for (const user of soaker.users) {
    await login(soaker, user)
    for (const session of user.sessions) await checkSession(soaker, session)
  }
}

async function useDevice(soaker: Soaker, user: User): Promise<void> {
  const session = await login(soaker, user)
  if (!session) return
  user.sessions.push(session)
  const steps = Math.ceil(soaker.random() * mostSteps)
  for (let step = 0; step < steps && !session.ended && soaker.goesOn(); step += 1) {
    if (!(await takeStep(soaker, session))) return
  }
}

/** @returns whether the session can be used further */
function takeStep(soaker: Soaker, session: Session): Promise<boolean> {
  const chance = soaker.random()
  if (chance < 0.45) return visit(soaker, session)
  if (chance < 0.8) return rotate(soaker, session)
  if (chance < 0.88) return session.pairs.length > 1 ? replay(soaker, session) : visit(soaker, session)
  if (chance < 0.92) return session.pairs.length > 2 ? reuse(soaker, session) : visit(soaker, session)
  return end(soaker, session)
}

/** Looks at a session of any time ago. */
async function lookBack(soaker: Soaker): Promise<void> {
  const user = soaker.users[Math.floor(soaker.random() * soaker.users.length)]
  const session = user?.sessions[Math.floor(soaker.random() * user.sessions.length)]
  if (session) await checkSession(soaker, session)
}

function checkSession(soaker: Soaker, session: Session): Promise<boolean> {
  return session.ended ? checkEnded(soaker, session) : rotate(soaker, session)
}
