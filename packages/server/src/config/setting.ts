import type { Parser } from './parsers.ts'

/** One setting: where it comes from, what it may be, what it is for. The reference page is made from their table. */
export interface Setting<T> {
  env: string
  /** a command-line flag that wins over the environment */
  flag?: string
  parse: Parser<T>
  /** as one would write it; absent where there is none */
  default?: string
  /** what production has where it differs */
  productionDefault?: string
  /** `<env>_FILE` may name a file that holds it; it is never printed */
  secret?: true
  doc: string
}

/** Declares one line of the table; what it holds is inferred from its parser. */
export const setting = <T>(definition: Setting<T>): Setting<T> => definition
