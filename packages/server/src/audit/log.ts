import pino from 'pino'
import { errorFields } from './error-fields.ts'
import { type Audit, type EventFields, type EventName, events } from './events.ts'
import { printable } from './printable.ts'

export interface LogOptions {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** for people at a terminal; otherwise one JSON object a line */
  pretty: boolean
  /** on every line, where several processes write to one stdout */
  worker?: number
}

/**
 * The log on stdout. A line says when, what (an event's name), and the fields of `EventFields`: by that allow-list no
 * token, password or e-mail can be in it.
 */
export async function openLog({ level, pretty, worker }: LogOptions): Promise<Audit & { flush(): void }> {
  const destination = pretty ? await prettyStream() : pino.destination({ dest: 1, sync: true })
  const logger = pino(
    {
      level,
      base: worker === undefined ? null : { worker },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  return {
    record(event: EventName, fields) {
      const { level: eventLevel } = events[event]
      if (logger.isLevelEnabled(eventLevel)) logger[eventLevel](lineOf(fields), event)
    },
    flush: () => logger.flush(),
  }
}

function lineOf({ error, ...fields }: EventFields): Record<string, unknown> {
  const line: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    line[name] = typeof value === 'string' ? printable(value) : value
  }
  return error === undefined ? line : { ...line, error: errorFields(error) }
}

/** Loaded for a terminal only; a service does not carry it in memory. */
async function prettyStream() {
  const { default: pretty } = await import('pino-pretty')
  return pretty({
    sync: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    messageKey: 'event',
    ignore: 'request_id',
    colorize: process.stdout.hasColors?.() ?? false,
  })
}
