/** Something wrong with the settings, and what to do about it. */
export interface Problem {
  what: string
  remedy: string
}

/** Whether something is wrong with the variable already: then it is set, and saying that it is not would mislead. */
export function isTold(name: string, problems: readonly Problem[]): boolean {
  return problems.some(({ what }) => what.startsWith(`${name} `) || what.startsWith(`${name}_FILE `))
}
