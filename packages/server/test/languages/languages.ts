import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AlgorithmName } from '../../src/tokens/algorithms.ts'
import { type MadeParts, markdownTable } from '../docs/made-parts.ts'
import { anchorOf, root } from '../docs/pages.ts'

/** A program in another language that verifies access tokens, as the guide shows it. */
export interface Language {
  name: string
  /** in docs/verify */
  file: string
  /** as fenced code names it */
  fence: string
  library: string
  /** the versions of the library that the test has run it with; none where no runtime was at hand */
  ran: readonly string[]
  algorithms: readonly AlgorithmName[]
  /** an unknown key is not asked for again within so many seconds after the keys were read */
  cooldownSeconds: number
}

const all = ['ES256', 'EdDSA', 'RS256'] as const
const withoutEdwards = ['ES256', 'RS256'] as const
const ours = { algorithms: all, cooldownSeconds: 10 }

/** In the order of the guide. */
export const languages: readonly Language[] = [
  {
    ...{ name: 'JavaScript and TypeScript', file: 'verify.js', fence: 'js' },
    ...{ library: 'jose', ran: ['6.2'], ...ours },
  },
  {
    ...{ name: 'Python', file: 'verify.py', fence: 'python' },
    ...{ library: 'PyJWT', ran: ['2.6', '2.15'], ...ours, cooldownSeconds: 30 },
  },
  {
    ...{ name: 'Java', file: 'Verify.java', fence: 'java' },
    ...{ library: 'jose4j', ran: ['0.9.6'], ...ours },
  },
  {
    ...{ name: 'C#', file: 'Verify.cs', fence: 'csharp' },
    ...{ library: 'Microsoft.IdentityModel', ran: [], ...ours, algorithms: withoutEdwards },
  },
  {
    ...{ name: 'Go', file: 'verify.go', fence: 'go' },
    ...{ library: 'golang-jwt', ran: ['5.2'], ...ours },
  },
  {
    ...{ name: 'PHP', file: 'verify.php', fence: 'php' },
    ...{ library: 'firebase/php-jwt', ran: ['6.10'], ...ours },
  },
  {
    ...{ name: 'Ruby', file: 'verify.rb', fence: 'ruby' },
    ...{ library: 'jwt', ran: ['2.5', '3.3'], ...ours, algorithms: withoutEdwards },
  },
  {
    ...{ name: 'Rust', file: 'verify.rs', fence: 'rust' },
    ...{ library: 'jsonwebtoken', ran: ['8.2', '9.3'], ...ours },
  },
  {
    ...{ name: 'Elixir', file: 'verify.exs', fence: 'elixir' },
    ...{ library: 'JOSE', ran: ['1.11'], ...ours },
  },
  {
    ...{ name: 'Perl', file: 'verify.pl', fence: 'perl' },
    ...{ library: 'Crypt::JWT', ran: ['0.034', '0.038'], ...ours },
  },
]

/** Where the program of a language is. */
export function programOf({ file }: Language): string {
  return join(root, 'docs/verify', file)
}

/** The table of the guide and the programs, each whole. */
export function languageParts(): MadeParts {
  const rows = languages.map(({ name, library, ran, algorithms }) => [
    `[${name}](#${anchorOf(name)})`,
    library,
    ran.length === 0 ? 'not run' : ran.join(', '),
    algorithms.join(', '),
  ])
  const table = markdownTable(['language', 'library', 'run with', 'algorithms'], rows)
  const programs = languages.map((language): [string, string] => [
    language.file,
    `\`\`\`${language.fence}\n${readFileSync(programOf(language), 'utf8')}\`\`\``,
  ])
  return new Map([['languages', table], ...programs])
}
