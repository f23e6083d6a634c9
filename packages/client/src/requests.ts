import type { KeptPair, TokenPair } from './contract.ts'
import { asError, CountersignError, type ErrorCode } from './errors.ts'
import type { Host } from './host.ts'
import { parseObject } from './json.ts'
import type { Settings } from './options.ts'

/** What one request of ours carries. */
export interface Call {
  body: object
  headers?: Record<string, string>
  /** what a 401 without a code of its own means here */
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
  429: 'throttled',
  500: 'internal',
}

/** A redirect is nothing that the server itself answers; what stands before it does. */
function codeOf(status: number): ErrorCode {
  if (status < 400) return 'bad_answer'
  return codeOfStatus[status] ?? (status < 500 ? 'refused' : 'unavailable')
}

function refusalOf(
  { status, headers }: Response,
  body: Record<string, unknown> = {},
  unauthorized: ErrorCode = 'not_authenticated',
): CountersignError {
  const { detail = `The server answered ${status}` } = body
  const { code = status === 401 ? unauthorized : codeOf(status) } = body
  const details = {
    status,
    retryAfterSeconds: Number(headers.get('retry-after')) || undefined,
    requestId: headers.get('x-request-id') ?? undefined,
  }
  const told = Object.entries(body).map(([name, messages]) => [name, [messages].flat().map(String)] as const)
  if (status !== 400 || 'detail' in body || !told[0]) {
    return new CountersignError(String(code), String(detail), details)
  }
  return new CountersignError('invalid', told[0][1][0] ?? '', {
    ...details,
    fields: Object.fromEntries(told),
  })
}

function badAnswer(): CountersignError {
  return new CountersignError('bad_answer', 'This is no answer of Countersign')
}

/**
 * A token pair out of an answer.
 * @param withTokens false in cookie mode, where the tokens travel in cookies and are not kept
 * @throws CountersignError `bad_answer`
 */
export function parsePair(answer: unknown, withTokens: boolean): KeptPair {
  const { access = '', refresh = '', access_expires_in } = answer as TokenPair
  if (!(access_expires_in > 0) || (withTokens && !(access && refresh))) {
    throw badAnswer()
  }
  return { access, refresh, access_expires_in }
}
