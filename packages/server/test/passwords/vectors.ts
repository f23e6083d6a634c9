import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A password and what some software stored for it. */
export interface Vector {
  /** the algorithm as we call it, then what is special about it */
  name: string
  password: string
  stored: string
}

/** Where the vectors lie, beside the programs that made them. */
export const vectorsFolder = join(import.meta.dirname, 'vectors')

/** What Devise had for a pepper when its vectors were made. */
export const devisePepper = 'pepper of the old deployment'

/** The vectors of a file: a list of name, password, stored text and, of published ones, their source. */
export function vectorsOf(text: string): Vector[] {
  const rows = JSON.parse(text) as [string, string, string, string?][]
  return rows.map(([name, password, stored]) => ({ name, password, stored }))
}

/** Every file of vectors, by its name. */
export const vectorFiles = ['django', 'passlib-and-crypt', 'php', 'devise', 'derived', 'published'] as const

/** The vectors that were frozen. */
export function frozenVectors(file: (typeof vectorFiles)[number]): Vector[] {
  return vectorsOf(readFileSync(join(vectorsFolder, `${file}.json`), 'utf8'))
}

/** Whether its verification takes a moment: it was made with the costs of real life, or is computed in a thread. */
export const isSlow = ({ name }: Vector): boolean =>
  / as \S+( \S+)? makes it$/.test(name) || /^sha\d+_crypt/.test(name)
