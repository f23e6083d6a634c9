import { asError, type CountersignError } from './errors.ts'

/** What a verb resolves to with `results: 'values'`. */
export type Result<Data> = { data: Data; error: null } | { data: null; error: CountersignError }

type Verb = (...given: never[]) => Promise<unknown>

/** The same verbs, none of which rejects. */
export type Valued<Verbs> = {
  [Name in keyof Verbs]: Verbs[Name] extends (...given: infer Given) => Promise<infer Data>
    ? (...given: Given) => Promise<Result<Data>>
    : Verbs[Name]
}

/** Verbs that resolve to their result or to their error. */
export function asValues<Verbs extends object>(verbs: Verbs): Valued<Verbs> {
  const entries = Object.entries(verbs as Record<string, Verb>)
  return Object.fromEntries(entries.map(([name, verb]) => [name, valued(verb)])) as Valued<Verbs>
}

function valued(verb: Verb) {
  return async (...given: never[]): Promise<Result<unknown>> => {
    try {
      return { data: await verb(...given), error: null }
    } catch (thrown) {
      return { data: null, error: asError(thrown) }
    }
  }
}
