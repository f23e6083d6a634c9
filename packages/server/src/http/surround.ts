import type { FastifyInstance, FastifyRequest } from 'fastify'
import { shownPath } from './methods.ts'

/** What is known of a request before anything is done for it. */
export interface RequestHead {
  method: string
  /** the route's pattern; undefined where there is none */
  route: string | undefined
  /** as in `HTTP/1.1`: `1.1` */
  httpVersion: string
  header(name: string): string | undefined
}

/** Something that lasts as long as a request does, such as the span of a trace. */
export interface Surrounding {
  /** does the request's work inside it, and all that follows from that */
  run(work: () => void): void
  /**
   * Told of its end, unless nobody needs to know.
   * @param status of the answer; undefined where the client went before there was one
   */
  end?: (status: number | undefined) => void
}

/**
 * Puts every request of the server inside a surrounding of its own, from the hooks that are added later to its answer.
 * What arrives of a body belongs to the connection, not to the request; the framework leads back from there.
 */
export function surroundRequests(app: FastifyInstance, surround: (head: RequestHead) => Surrounding): void {
  app.addHook('onRequest', (request, { raw }, done) => {
    const { run, end } = surround(headOf(request))
    // `finish` does not come where the client has gone; `close` always does.
    if (end) raw.once('close', () => end(raw.headersSent ? raw.statusCode : undefined))
    run(done)
  })
}

function headOf({ method, routeOptions, raw, headers }: FastifyRequest): RequestHead {
  return {
    method,
    route: shownPath(routeOptions.url),
    httpVersion: raw.httpVersion,
    header: (name) => headers[name]?.toString(),
  }
}
