import { AsyncLocalStorage } from 'node:async_hooks'
import {
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api'

/** The spans of one process, and which of them is the current one where a piece of work runs. */
export interface Spans {
  /** the innermost span that this work runs inside of; one that was not sampled is among them */
  current(): Span | undefined
  /** the same, where there is anything to be gained from a child of it */
  recording(): Span | undefined
  /** @param parent a span of ours, what a caller says of his own, or nothing for a trace that begins here */
  start(name: string, options: SpanOptions, parent: Span | SpanContext | undefined): Span
  /** does the work inside the span, and all that follows from that work */
  run<T>(span: Span, work: () => T): T
}

/** Keeps the current span per asynchronous flow; nothing of it is global. */
export function createSpans(tracer: Tracer): Spans {
  const inside = new AsyncLocalStorage<Span>()
  return {
    current: () => inside.getStore(),
    recording: () => {
      const span = inside.getStore()
      return span?.isRecording() ? span : undefined
    },
    start: (name, options, parent) => tracer.startSpan(name, options, contextOf(parent)),
    run: (span, work) => inside.run(span, work),
  }
}

function contextOf(parent: Span | SpanContext | undefined) {
  if (!parent) return ROOT_CONTEXT
  return 'traceId' in parent
    ? trace.setSpanContext(ROOT_CONTEXT, parent)
    : trace.setSpan(ROOT_CONTEXT, parent)
}
