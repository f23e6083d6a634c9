import { useQuery, useQueryClient } from '@tanstack/preact-query'
import { useEffect } from 'preact/hooks'
import type { SignedIn } from '../api/answers.ts'
import { Problem } from '../api/problem.ts'
import { onSignedOut, request } from '../api/request.ts'

const key = ['session']

/** The session of this browser: undefined while it is asked for, null where there is none. */
export function useSession() {
  const client = useQueryClient()
  useEffect(() => onSignedOut(() => client.setQueryData(key, null)), [client])
  return useQuery({
    queryKey: key,
    queryFn: async () => (await request<SignedIn>('session/')).data,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    throwOnError: false,
  })
}

/** Whether an error says that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401
}

/** What a signed-in browser may do. */
export function can(session: SignedIn, permission: string): boolean {
  return session.permissions.includes(permission)
}

/** Takes the session in that a sign-in has opened. */
export function useEnter() {
  const client = useQueryClient()
  return (session: SignedIn | null) => {
    // What another user saw is forgotten; the session itself is watched, and only gets another value.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    client.setQueryData(key, session)
  }
}
