import { type Attributes, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { AuthError } from '../errors.ts'
import type { Gate } from '../passwords/gate.ts'
import type { Spans } from './spans.ts'

export interface VerbSpanOptions {
  /** goes before the verb's own name: `store.rotateSession` */
  room: string
  /** `client` where the verbs ask something outside this program */
  kind: 'client' | 'internal'
  attributes: Attributes
}

const kinds = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL }

type Verb = (...args: unknown[]) => unknown

/**
 * The same verbs, each leaving a span where a traced request asks for it. Work in the background leaves none: it would be
 * a trace of its own twice a second.
 */
export function traceVerbs<Verbs extends object>(
  spans: Spans,
  verbs: Verbs,
  { room, kind, attributes }: VerbSpanOptions,
): Verbs {
  const options = { kind: kinds[kind], attributes }
  const call = (name: string, args: unknown[]) => (verbs as Record<string, Verb>)[name]?.(...args)
  const traced = (name: string): Verb => {
    return (...args) => {
      const parent = spans.recording()
      if (!parent) return call(name, args)
      const span = spans.start(`${room}.${name}`, options, parent)
      return endWith(span, () => spans.run(span, () => call(name, args)))
    }
  }
  const members = Object.entries(verbs).map(([name, member]) => [
    name,
    typeof member === 'function' ? traced(name) : member,
  ])
  return Object.fromEntries(members) as Verbs
}

/** Ends the span when the work is over; the work's own result, or promise of one, is handed on. */
function endWith(span: Span, work: () => unknown): unknown {
  const end = (result: unknown) => {
    span.end()
    return result
  }
  const fail = (thrown: unknown) => {
    span.setAttribute('error.type', errorType(thrown)).setStatus({ code: SpanStatusCode.ERROR }).end()
    throw thrown
  }
  try {
    const result = work()
    return result instanceof Promise ? result.then(end, fail) : end(result)
  } catch (thrown) {
    return fail(thrown)
  }
}

/** Never its message, which may quote what it choked on. */
function errorType(thrown: unknown): string {
  if (thrown instanceof AuthError) return thrown.code
  return thrown instanceof Error ? thrown.name : '_OTHER'
}

/** The same gate, with a span for the time that a work of a traced request waits for its slot. */
export function traceQueue(spans: Spans, gate: Gate): Gate {
  return {
    ...gate,
    async run(work, signal) {
      const parent = spans.recording()
      if (!parent) return gate.run(work, signal)
      const waiting = spans.start('passwords.queue', {}, parent)
      try {
        return await gate.run(() => {
          waiting.end()
          return work()
        }, signal)
      } finally {
        if (waiting.isRecording()) waiting.end()
      }
    },
  }
}
