import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Audit, Origin } from '../../audit/events.ts'
import { requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import type { Store } from '../../store/store.ts'
import { type CreatedUser, type CreateUserDeps, createUser } from '../../users/register.ts'

/** The way to the first owner of a deployment that has none. */
export interface FirstOwner {
  /** a new token, good once and for half an hour; undefined where there is an owner, or where no link is given out */
  invite(): Promise<string | undefined>
  /**
   * Makes the owner.
   * @throws AuthError `not_found` for a token that is not good, or where there is an owner by now: nobody learns which;
   * `invalid` for a name that is taken or a weak password, and then the token stays good
   */
  create(input: { token: string; origin: Origin } & NewOwner): Promise<CreatedUser>
}

interface NewOwner {
  username: string
  email: string
  password: string
}

interface FirstOwnerDeps extends CreateUserDeps {
  store: CreateUserDeps['store'] & Pick<Store, 'queryUsers'>
  audit: Audit
  clock: Clock
}

const lastsMs = 30 * 60_000

/** Its tokens are in the memory of this process alone, and end with it. */
export function openFirstOwner(deps: FirstOwnerDeps): FirstOwner {
  let invited: { token: Buffer; until: number } | undefined

  async function hasOwner(): Promise<boolean> {
    const { store } = deps
    const only = { role: 'owner', isActive: true } as const
    return (await store.queryUsers({ by: 'created_at', direction: 'asc', limit: 1, only })).rows.length > 0
  }

  return {
    async invite() {
      if (await hasOwner()) return undefined
      invited = { token: randomBytes(32), until: deps.clock() + lastsMs }
      return invited.token.toString('base64url')
    },
    async create({ token, origin, ...owner }) {
      const held = invited
      const given = Buffer.from(token, 'base64url')
      const isGood =
        held &&
        held.until > deps.clock() &&
        given.length === held.token.length &&
        timingSafeEqual(given, held.token)
      if (!isGood) throw new AuthError('not_found')
      // Taken before anything is waited for: of two at once one finds nothing.
      invited = undefined
      if (await hasOwner()) throw new AuthError('not_found')
      try {
        const user = await createUser(deps, { ...owner, isStaff: true, isSuperuser: true })
        deps.audit.record('user.created', {
          ...requestFields(origin),
          user_id: user.id,
          reason: 'first_owner',
        })
        return user
      } catch (thrown) {
        invited = held
        throw thrown
      }
    },
  }
}
