/** Something wrong with the settings, and what to do about it. */
export interface Problem {
  what: string
  remedy: string
}
