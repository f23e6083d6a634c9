import { AuthError } from '../../errors.ts'
import { fields, text } from '../../http/fields/fields.ts'
import type { AnyRoute } from '../../http/route.ts'
import type { SigningKeyRow } from '../../store/schema.ts'
import { isoText } from '../../times.ts'
import { knownAt, revokeKey, rotateKeys } from '../../tokens/key-schedule.ts'
import { instantOrNull, recordAct } from '../acting.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import type { AdminKey, Keys as Shown } from '../answers.ts'
import { readChoice } from '../cursor.ts'
import type { Admin } from '../entry/entry.ts'
import { Keys } from '../schemas.routes.ts'

type KeysDeps = AdminRouteDeps & { keyDeps: Parameters<typeof rotateKeys>[0] }

const RotateBody = fields({
  when: text({ optional: true, description: '`once_known` (unless said) or `at_once`' }),
})

/** The keys that sign access tokens. */
export function keysRoutes(deps: KeysDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  const path = '/api/admin/keys/'
  const answers = { 200: Keys }
  const { keyRing } = deps.keyDeps
  const shown = async () => {
    await keyRing.reload()
    return { body: describe(deps) }
  }
  return [
    make({
      ...{ method: 'GET', path, name: 'Admin Keys', permission: 'keys.read', answers },
      summary: 'All keys and their schedule; their public parts are at /.well-known/jwks.json',
      act: shown,
    }),
    make({
      ...{ method: 'POST', path: `${path}rotate/`, name: 'Admin Keys Rotate', body: RotateBody, answers },
      ...{ permission: 'keys.change', isDangerous: true, refusals: ['conflict'] },
      summary: 'Let the next key sign from now on',
      async act({ body }, admin) {
        await rotate(deps, admin, readChoice('when', body.when, ['once_known', 'at_once']) ?? 'once_known')
        return shown()
      },
    }),
    make({
      ...{ method: 'POST', path: `${path}{kid}/revoke/`, params: { kid: 'Of the key' }, answers },
      ...{ name: 'Admin Key Revoke', permission: 'keys.change', isDangerous: true, refusals: ['conflict'] },
      summary: 'End a key that leaked: every access token that it signed dies at once',
      async act(request, admin) {
        await revoke(deps, admin, request.param('kid'))
        return shown()
      },
    }),
  ]
}

const changed = { detail: 'Another process changed the keys at the same moment. Look again.' }

async function rotate(deps: KeysDeps, admin: Admin, when: 'once_known' | 'at_once'): Promise<void> {
  await deps.keyDeps.keyRing.reload()
  const next = inState(deps, 'next')
  const outcome = await rotateKeys(deps.keyDeps, deps.clock(), when)
  if (outcome === 'too_early') {
    const detail = 'Resource servers may not have seen the next key yet; to do it anyway, say at_once.'
    throw new AuthError('conflict', { detail })
  }
  if (outcome === 'conflict' || !next) throw new AuthError('conflict', changed)
  recordAct(deps.audit, admin, 'key.rotated', { kid: next.kid, reason: when })
}

async function revoke(deps: KeysDeps, admin: Admin, kid: string): Promise<void> {
  await deps.keyDeps.keyRing.reload()
  const outcome = await revokeKey(deps.keyDeps, kid, deps.clock())
  if (outcome === 'unknown') throw new AuthError('not_found')
  if (outcome === 'conflict') throw new AuthError('conflict', changed)
  recordAct(deps.audit, admin, 'key.revoked', { kid })
}

function inState({ keyDeps }: KeysDeps, state: string): SigningKeyRow | undefined {
  return keyDeps.keyRing.rows().find((row) => row.state === state)
}

/** What signs or will comes first, what is over last. */
const states = ['next', 'current', 'retiring', 'retired']

function describe(deps: KeysDeps): Shown {
  const { algorithm, rotationSeconds, keyRing } = deps.keyDeps
  const rows = keyRing.rows().toSorted((a, b) => states.indexOf(a.state) - states.indexOf(b.state))
  const [current, next] = [inState(deps, 'current'), inState(deps, 'next')]
  const dueAt =
    rotationSeconds > 0 && current?.activated_at ? current.activated_at + rotationSeconds * 1000 : null
  return {
    items: rows.map(describeKey),
    schedule: {
      algorithm,
      rotation_seconds: rotationSeconds,
      rotates_at: instantOrNull(dueAt && Math.max(dueAt, next ? knownAt(next) : 0)),
      rotatable_at: instantOrNull(next && knownAt(next)),
    },
  }
}

function describeKey(row: SigningKeyRow): AdminKey {
  return {
    ...{ kid: row.kid, algorithm: row.algorithm, state: row.state as AdminKey['state'] },
    created_at: isoText(row.created_at),
    activated_at: instantOrNull(row.activated_at),
    retires_at: instantOrNull(row.retires_at),
    known_at: isoText(knownAt(row)),
  }
}
