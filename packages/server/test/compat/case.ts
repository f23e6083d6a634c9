import type { Scenario } from '../contract/scenario.ts'

/** One request to both servers, with all that goes before it. */
export interface Case extends Pick<Scenario, 'name' | 'at' | 'send' | 'deviation'> {
  /** the kind of case, for counting */
  kind: string
}
