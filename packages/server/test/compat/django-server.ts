import { claimsOf } from '../contract/tokens.ts'
import { mint, refreshClaims } from '../django/legacy/mint.ts'
import type { DjangoProject, Found } from '../django/start-django.ts'
import type { TestServer } from '../harness.ts'

/** The project's access token again, with claims changed or dropped. */
export function mintDjango(project: DjangoProject, access: string, change: Record<string, unknown>): string {
  return mint({ ...claimsOf(access), ...change }, project)
}

function asRow(found: Found | undefined) {
  if (!found) return undefined
  const flag = (is: boolean) => (is ? 1 : 0)
  const { id, is_staff, is_superuser, is_active } = found
  return { id, is_staff: flag(is_staff), is_superuser: flag(is_superuser), is_active: flag(is_active) }
}

/**
 * What the contract tables take for the server, when that is a Django project: requests over its socket, and behind
 * the wire no more than the tables use: ending a user, making a refresh token, and a clock that nobody can set.
 */
export function djangoServer(
  project: DjangoProject,
  requests: Pick<TestServer, 'request' | 'post' | 'get'>,
): TestServer {
  const clock = Object.assign(Date.now, { advance: () => undefined })
  const store = {
    findUserByName: async (name: string) => asRow(await project.find(name)),
    deleteUser: ({ userId }: { userId: number }) => project.delete(userId),
    updateUser: ({ userId }: { userId: number }) => project.disable(userId),
  }
  const issue = ({ expiresAt }: { expiresAt: number }) => {
    const own = { exp: Math.floor(expiresAt / 1000), iss: project.issuer, aud: project.issuer }
    return mint({ ...refreshClaims(1, Date.now()), ...own }, project)
  }
  const deployment = {
    store,
    followRevoked: async () => undefined,
    refreshTokens: { issue },
    keyRing: { published: () => [{}] },
  }
  // Most of a test server has no counterpart in Django, and no case that was recorded there asks for it.
  return { ...requests, clock, deployment } as unknown as TestServer
}
