import type { Audit } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import type { ClaimedMail } from '../store/port/mails.ts'
import type { Store } from '../store/store.ts'
import type { Letters } from './letters.ts'
import { mostAttempts, outageRestMs, retryDelayMs, spreadOf } from './retry-delay.ts'
import { deliveryMs, type Smtp } from './smtp.ts'
import type { Delivery } from './smtp-answer.ts'

/** Sends what is in the outbox. */
export interface Outbox {
  /**
   * Sends all that is due, a few at a time. Safe in two processes at once.
   * @throws AuthError `unavailable` where the store cannot answer; what was sent then is not sent again by this process
   */
  run(): Promise<void>
  /** begins nothing from now on; what is under way gets its time, and is cut off after it */
  stop(): void
}

interface OutboxDeps {
  store: Pick<Store, 'claimMails' | 'settleMail'>
  letters: Letters
  smtp: Pick<Smtp, 'deliver'>
  audit: Audit
  clock: Clock
}

const atOnce = 4
/** A process that dies with mails in hand leaves them to others after this long. */
const claimMs = 300_000
/** What is under way when the process is told to stop. */
const stopMs = 4_000

/**
 * A mail is sent at least once: whoever is killed between the server's yes and its record sends it again. By its
 * Message-ID, which stays, its reader's mail server can tell.
 */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { store, clock } = deps
  const stopping = new AbortController()
  let isStopping = false
  const rest = restAfterOutages(clock)
  const unrecorded = new Map<string, ClaimedMail>()
  const sender = createSender(deps, stopping.signal, unrecorded)

  async function recordSent(): Promise<void> {
    for (const mail of unrecorded.values()) await sender.recordSent(mail)
  }

  return {
    async run() {
      await recordSent()
      while (!isStopping && !rest.isOn()) {
        const now = clock()
        const until = now + claimMs
        const limit = rest.hasFailed() ? 1 : atOnce
        const claimed = await store.claimMails({ now, until, limit })
        if (claimed.length === 0) return
        const oldestFirst = claimed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
        const results = await Promise.allSettled(oldestFirst.map((mail) => sender.send(mail, until)))
        rest.after(results.map((one) => (one.status === 'fulfilled' ? one.value : undefined)))
        for (const result of results) if (result.status === 'rejected') throw result.reason
      }
    },
    stop() {
      isStopping = true
      setTimeout(() => stopping.abort(), stopMs).unref()
    },
  }
}

type Outcome = Delivery['outcome'] | undefined

/** While the server is away one letter at a time finds out whether it is back, and the others wait untouched. */
function restAfterOutages(clock: Clock) {
  let failures = 0
  let until = 0
  return {
    isOn: () => clock() < until,
    hasFailed: () => failures > 0,
    after(outcomes: readonly Outcome[]): void {
      if (outcomes.includes('unreachable')) {
        failures += 1
        until = clock() + outageRestMs(failures)
      } else if (outcomes.some((one) => one !== undefined)) failures = 0
    },
  }
}

function createSender(
  { store, letters, smtp, audit, clock }: OutboxDeps,
  signal: AbortSignal,
  unrecorded: Map<string, ClaimedMail>,
) {
  async function recordSent(mail: ClaimedMail): Promise<void> {
    await store.settleMail({ id: mail.id, now: clock(), result: { sent: true } })
    unrecorded.delete(mail.id)
    audit.record('mail.sent', { mail_id: mail.id, template: mail.template })
  }

  async function recordUnsent(
    { id, template, attempts }: ClaimedMail,
    error: string,
    next: 'try_again' | 'give_up',
  ): Promise<void> {
    const isFinal = next === 'give_up'
    const now = clock()
    const retryAt = isFinal ? null : now + retryDelayMs(attempts, spreadOf(id))
    await store.settleMail({ id, now, result: { sent: false, error, retryAt } })
    audit.record(isFinal ? 'mail.failed' : 'mail.delayed', { mail_id: id, template, reason: error })
  }

  async function handOver(mail: ClaimedMail, until: number): Promise<Outcome> {
    const opened = letters.open(mail)
    const problem = problemOf(mail, opened, clock())
    if (problem) {
      await recordUnsent(mail, problem, 'give_up')
      return undefined
    }
    // A machine that slept may wake up when others have the mail already.
    if (!('letter' in opened) || clock() > until - deliveryMs) return undefined
    const { id, recipient: to, created_at: writtenAt } = mail
    const delivery = await smtp.deliver({ id, to, letter: opened.letter, writtenAt }, signal)
    if (delivery.outcome === 'sent') {
      unrecorded.set(id, mail)
      await recordSent(mail)
    } else {
      const isLast = delivery.outcome === 'refused' || mail.attempts >= mostAttempts
      await recordUnsent(mail, delivery.reason, isLast ? 'give_up' : 'try_again')
    }
    return delivery.outcome
  }

  return {
    recordSent,
    async send(mail: ClaimedMail, until: number): Promise<Outcome> {
      if (!unrecorded.has(mail.id)) return handOver(mail, until)
      await recordSent(mail)
      return undefined
    },
  }
}

/** Why a mail is not even tried. */
function problemOf(mail: ClaimedMail, opened: ReturnType<Letters['open']>, now: number): string | undefined {
  if ('unreadable' in opened) return unreadable[opened.unreadable]
  if (opened.expiresAt !== undefined && opened.expiresAt <= now)
    return 'its link ended before it could be sent'
  return mail.attempts > mostAttempts ? 'it was tried too often' : undefined
}

const unreadable = {
  sealed: 'none of the secrets opens it, or this version has no such template',
  forgotten: 'what it says is forgotten',
} as const
