/** A refusal of the API. @see RFC 9457 */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  /** by the name of the field */
  readonly errors: Readonly<Record<string, readonly string[]>>
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, facts: ProblemFacts = {}) {
    super(facts.detail ?? facts.title ?? '')
    this.status = status
    this.code = facts.code ?? ''
    this.errors = byField(facts.errors ?? [])
    this.requestId = facts.request_id
    this.retryAfterSeconds = facts.retryAfterSeconds
  }
}

interface ProblemFacts {
  title?: string | undefined
  detail?: string | undefined
  code?: string | undefined
  errors?: { pointer: string; detail: string }[] | undefined
  request_id?: string | undefined
  retryAfterSeconds?: number | undefined
}

/** By the last part of what each points to: the field's name. */
function byField(errors: NonNullable<ProblemFacts['errors']>): Record<string, string[]> {
  const fields: Record<string, string[]> = {}
  for (const { pointer, detail } of errors) {
    const name = pointer.split('/').at(-1) ?? ''
    fields[name] = [...(fields[name] ?? []), detail]
  }
  return fields
}

/** What an answer that is no success says; an answer of somebody in between may say nothing. */
export async function readProblem(answer: Response): Promise<Problem> {
  const facts = (await answer.json().catch(() => ({}))) as ProblemFacts
  const retryAfter = Number(answer.headers.get('retry-after'))
  const requestId = facts.request_id ?? answer.headers.get('x-request-id') ?? undefined
  return new Problem(answer.status, {
    ...facts,
    request_id: requestId,
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
  })
}

/** The server did not answer at all. */
export const unreachable = 0
