import type { Tools } from '../../../app/tools.ts'
import type { SessionRow, SigningKeyRow } from '../../../store/schema.ts'
import { instantText } from '../../../times.ts'
import { createDjangoKey } from '../../../tokens/django/key.ts'
import { verifyJwt } from '../../../tokens/jwt.ts'
import { accessTokenTypes } from '../../../tokens/key-ring.ts'
import { createRefreshTokens } from '../../../tokens/refresh-token.ts'
import { headerOf, verifierOf } from '../../../tokens/signing-key.ts'
import type { TokenParts } from './take-apart.ts'

/** What a token is, as far as this deployment can tell. */
export interface TokenReport extends Omit<TokenParts, 'token'> {
  kind: 'access token' | 'sliding token' | 'refresh token' | 'token of another kind'
  /** `unchecked` where there is no key to check it with */
  signature: 'good' | 'bad' | 'unchecked'
  /** whose signature it is, or why it is none of ours */
  signedBy: string
  session: string
}

/** @param tools undefined where there is no database */
export async function inspect(parts: TokenParts, tools: Tools | undefined): Promise<TokenReport> {
  const { header, claims } = parts
  const kind = kindOf(parts)
  if (!tools) {
    const signedBy = 'not checked: there is no database here yet'
    return { header, claims, kind, signature: 'unchecked', signedBy, session: 'unknown' }
  }
  const verdict = judgeDjango(parts, tools) ?? (await judgeOurs(parts, tools))
  return { header, claims, kind, ...verdict, session: await sessionText(parts, tools) }
}

function kindOf({ claims }: TokenParts): TokenReport['kind'] {
  if (claims.token_type === 'access' || claims.token_type === 'sliding') return `${claims.token_type} token`
  return claims.token_type === 'refresh' ? 'refresh token' : 'token of another kind'
}

type Verdict = Pick<TokenReport, 'signature' | 'signedBy'>

/** Also behind the end of the key: here the question is only who signed. */
function judgeDjango({ token }: TokenParts, { config }: Tools): Verdict | undefined {
  const key = config.djangoKey && createDjangoKey(config.djangoKey)
  if (!key || !verifyJwt(token, key.verifiers)) return undefined
  return { signature: 'good', signedBy: `COUNTERSIGN_DJANGO_SECRET, which ends ${instantText(key.until)}` }
}

function judgeOurs(parts: TokenParts, tools: Tools): Verdict | Promise<Verdict> {
  return kindOf(parts) === 'refresh token' ? judgeRefresh(parts, tools) : judgeAccess(parts, tools)
}

async function judgeAccess({ token, header }: TokenParts, { store }: Tools): Promise<Verdict> {
  const row = (await store.listKeys()).find(({ kid }) => kid === header.kid)
  if (!row) return { signature: 'bad', signedBy: `no key of ours is called ${String(header.kid)}` }
  const name = `our ${row.state} key ${row.kid} (${row.algorithm})`
  if (verifyJwt(token, verifiersOf(row))) return { signature: 'good', signedBy: name }
  return { signature: 'bad', signedBy: `it names ${name}, which did not sign it` }
}

/** Also for retired keys, which verify nothing any more: here the question is only who signed. */
function verifiersOf(row: SigningKeyRow) {
  const verifier = verifierOf(row)
  return new Map(accessTokenTypes.map((typ) => [headerOf(row, typ), verifier]))
}

/** Under the token's own issuer, so that the signature alone decides. */
function judgeRefresh({ token, claims }: TokenParts, { config }: Tools): Verdict {
  const { secrets } = config
  if (secrets[0] === '')
    return { signature: 'unchecked', signedBy: 'not checked: that takes COUNTERSIGN_SECRET' }
  const isOurs = createRefreshTokens({ issuer: String(claims.iss), secrets }).verify(token) !== undefined
  return isOurs
    ? { signature: 'good', signedBy: 'our master secret' }
    : { signature: 'bad', signedBy: 'our master secret did not sign it' }
}

async function sessionText({ claims }: TokenParts, { store, clock }: Tools): Promise<string> {
  const { sid, gen } = claims
  const session = typeof sid === 'string' ? await store.findSession(sid) : undefined
  if (!session) return 'none that this database has'
  return [stateText(session, clock()), ...generationText(session, gen)].join('; ')
}

function stateText({ revoked_at, revoked_reason, expires_at }: SessionRow, now: number): string {
  if (revoked_at !== null) return `ended (${revoked_reason})`
  return expires_at > now ? 'live' : 'expired'
}

function generationText({ generation }: SessionRow, gen: unknown): string[] {
  if (typeof gen !== 'number') return []
  if (gen === generation) return [`this is its current refresh token, generation ${gen}`]
  return [`this refresh token of generation ${gen} is spent: the session is at ${generation}`]
}
