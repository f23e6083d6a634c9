import { expect, test } from 'vitest'
import type { ForeignDatabase, ForeignRow } from '../../store/foreign/foreign.ts'
import type { NewLegacyToken } from '../../store/port/imports.ts'
import { importTokens } from './import-tokens.ts'

const tokenFor = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
const row = (id: number, user_id: string | null, token = ''): ForeignRow => ({
  ...{ id: String(id), jti: `jti ${id}`, user_id, token, expires_at: 5 },
})

/** A project that has these outstanding tokens, all of them blacklisted but the first. */
function projectWith(rows: readonly ForeignRow[]): ForeignDatabase {
  return {
    columnsOf: async () => ['id', 'jti', 'token_id'],
    count: async () => rows.length,
    read: async () => [...rows],
    pick: async () => rows.slice(1).map(({ id }) => ({ token_id: id ?? '' })),
    close: async () => undefined,
  }
}

test('a token without a user in its row, as a rotation leaves it, is that of whom it says', async () => {
  const taken: NewLegacyToken[] = []
  const store = {
    async importLegacyTokens(tokens: readonly NewLegacyToken[]) {
      taken.push(...tokens)
      return tokens.map(() => 'created' as const)
    },
  }
  const rows = [
    row(1, '7', 'never read'),
    row(2, null, tokenFor({ user_id: 8 })),
    row(3, null, tokenFor({ user_id: '0198f5a0000040008000000000000001' })),
    row(4, null, tokenFor({ sub: '9' })),
    row(5, null, tokenFor(null)),
    row(6, null, 'no token'),
  ]
  const tally = await importTokens(store, projectWith(rows), { now: 0, signal: AbortSignal.any([]) })
  expect(tally).toEqual({ tokens_created: 3 })
  expect(taken.map(({ jti, user_id, is_blacklisted }) => [jti, user_id, is_blacklisted])).toEqual([
    ['jti 1', '7', 0],
    ['jti 2', '8', 1],
    ['jti 3', '0198f5a0-0000-4000-8000-000000000001', 1],
  ])
})
