import pino from 'pino'
import pretty from 'pino-pretty'
import { type Audit, type EventName, events } from './events.ts'

export interface LogOptions {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** for people at a terminal; otherwise one JSON object a line */
  pretty: boolean
}

/**
 * The log on stdout. A line says when, what (an event's name), and the fields of `EventFields`: by that allow-list no
 * token, password or e-mail can be in it.
 */
export function openLog({ level, pretty: forPeople }: LogOptions): Audit & { flush(): void } {
  const destination = forPeople ? prettyStream() : pino.destination({ dest: 1, sync: true })
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  return {
    record(event: EventName, { error, ...fields }) {
      logger[events[event]]({ event, ...fields, ...(error !== undefined && { err: error }) })
    },
    flush: () => logger.flush(),
  }
}

function prettyStream() {
  return pretty({
    sync: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    messageKey: 'event',
    ignore: 'request_id',
    colorize: true,
  })
}
