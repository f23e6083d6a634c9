import type { TokenPair } from './contract.ts'
import { asError, CountersignError, type ErrorCode } from './errors.ts'
import type { Host } from './host.ts'
import { parseObject } from './json.ts'
import { type Claims, claimsOf, type SignedIn } from './kept/kept.ts'
import type { Settings } from './options.ts'

/** What one request of ours carries. */
export interface Call {
  body: object
  headers?: Record<string, string>
  /** what a 401 without a code of its own means here, and a fault of the whole body in cookie mode */
  unauthorized?: ErrorCode
}

/** POSTs JSON and resolves to the answer's JSON. @throws CountersignError for everything else */
export type Post = (path: string, call: Call) => Promise<unknown>

/** What asks the server. */
export function createPost(host: Host, { base, timeoutMs, cookies }: Settings): Post {
  return (path, { body, headers, unauthorized }) =>
    inTime(host, timeoutMs, async (signal) => {
      const answer = await host.fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        // A token is for this server alone: no redirect takes it anywhere else.
        redirect: 'manual',
        signal,
        ...cookies,
      })
      return contentOf(answer, unauthorized)
    })
}

/** The JSON of an answer. @throws CountersignError for a refusal, and for what is no JSON */
export async function contentOf(answer: Response, unauthorized?: ErrorCode): Promise<unknown> {
  const parsed = parseObject(await answer.text())
  if (!answer.ok) throw refusalOf(answer, parsed, unauthorized)
  if (!parsed) throw badAnswer()
  return parsed
}

/** Nothing waits for ever: neither on a connection that hangs, nor on a `fetch` that ignores its signal. */
async function inTime<Result>(
  host: Host,
  ms: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  let cancel = () => {}
  const late = new Promise<never>((_, reject) => {
    cancel = host.setTimer(() => {
      reject(new CountersignError('timeout', 'No answer in time'))
      controller.abort()
    }, ms)
  })
  try {
    return await Promise.race([work(controller.signal), late])
  } catch (cause) {
    throw asError(cause)
  } finally {
    cancel()
  }
}

/** Where an answer names no code of its own. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'not_authenticated',
  429: 'throttled',
  500: 'internal',
}

/** A redirect is nothing that the server itself answers; what stands before it does. */
function codeOf(status: number, unauthorized: ErrorCode | undefined): ErrorCode {
  if (status < 400) return 'bad_answer'
  if (status === 401 && unauthorized) return unauthorized
  return codeOfStatus[status] ?? (status < 500 ? 'refused' : 'unavailable')
}

function refusalOf(
  { status, headers }: Response,
  body: Record<string, unknown> = {},
  unauthorized?: ErrorCode,
): CountersignError {
  const fields = status === 400 && !('detail' in body) ? fieldsOf(body) : {}
  const [messages] = Object.values(fields)
  const { detail = `The server answered ${status}`, code = codeOf(status, unauthorized) } = body
  return new CountersignError(
    messages ? (fields.non_field_errors && unauthorized) || 'invalid' : String(code),
    messages?.[0] ?? String(detail),
    {
      status,
      fields,
      retryAfterSeconds: Number(headers.get('retry-after')) || undefined,
      requestId: headers.get('x-request-id') ?? undefined,
    },
  )
}

/** What is told of each field: a list of messages, or one. */
function fieldsOf(body: Record<string, unknown>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(body).map(([name, told]) => [name, [told].flat().map(String)]))
}

function badAnswer(): CountersignError {
  return new CountersignError('bad_answer', 'This is no answer of Countersign')
}

/**
 * What is kept of the answer to a login or a refresh. In cookie mode, where the tokens travel in cookies, none is kept
 * whatever the answer holds.
 * @throws CountersignError `bad_answer`
 */
export function parsePair(
  answer: unknown,
  { cookies }: Settings,
): Pick<SignedIn, 'lasts' | 'access' | 'refresh' | 'session'> {
  const { access = '' } = answer as TokenPair
  const { exp, iat, sid, sub, username } = claimsOf(access) as Claims
  // The API of cookie mode leaves it to the token.
  const { refresh = '', access_expires_in = exp - iat } = answer as TokenPair
  if (!(access_expires_in > 0 && sid && (cookies || refresh))) throw badAnswer()
  return {
    lasts: access_expires_in * 1000,
    ...(cookies ? { access: '', refresh: '' } : { access, refresh }),
    session: { id: sid, user: { id: sub, username } },
  }
}
