import { AuthError } from '../../errors.ts'

/** How a fault is told here: of which field, and in which words where they are others. */
export type Telling = Readonly<Record<string, { field: string; message?: string }>>

/** Does the work; a refusal becomes what `retell` makes of it. */
export async function retold<T>(
  work: () => Promise<T>,
  retell: (refusal: AuthError) => AuthError,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw thrown instanceof AuthError ? retell(thrown) : thrown
  }
}

/** The same faults under the names that a front end knows; other refusals stay as they are. */
export function renamedFaults(telling: Telling): (refusal: AuthError) => AuthError {
  return (refusal) => {
    const { code, details } = refusal
    if (code !== 'invalid' || !details.fields) return refusal
    const faults = Object.entries(details.fields).map(([name, messages]) => {
      const { field = name, message } = telling[name] ?? {}
      return [field, message === undefined ? messages : [message]]
    })
    return new AuthError(code, { ...details, fields: Object.fromEntries(faults) })
  }
}

/** A fault of the whole body. */
export function bodyFault(message: string, reason?: string): AuthError {
  return new AuthError('invalid', {
    fields: { non_field_errors: [message] },
    ...(reason !== undefined && { reason }),
  })
}
