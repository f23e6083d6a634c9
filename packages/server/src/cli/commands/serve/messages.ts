import type { Config } from '../../../config/config.ts'
import type { Check } from '../../../health/health.ts'
import type { Snapshot } from '../../../metrics/merge.ts'

/** What the primary process tells a worker. Both run the same program, so nothing here is checked. */
export type ToWorker =
  /** the first message; the configuration holds secrets, so it goes through the channel and onto no command line */
  | { kind: 'begin'; worker: number; config: Config }
  | { kind: 'drain'; signal: string }
  | { kind: 'question'; id: number; about: keyof Answers }

/** What a worker that serves can be asked, and what the answer is. */
export interface Answers {
  readiness: readonly Check[]
  /** undefined where nothing is measured */
  metrics: Snapshot | undefined
}

/** What a worker tells the primary process. */
export type ToPrimary =
  | { kind: 'ready'; address: string }
  /** it could not start; the text is for people */
  | { kind: 'failed'; text: string }
  | { kind: 'answer'; id: number; answer: Answers[keyof Answers] }
