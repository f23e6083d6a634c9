import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const src = join(import.meta.dirname, '../../src')

/** Where the page lies. */
export const page = join(import.meta.dirname, '../../../../docs/reference/client.md')

interface Part {
  heading: string
  text: string
  /** of each file, what of it is shown */
  shows: readonly (readonly [file: string, ...names: string[]])[]
}

const parts: readonly Part[] = [
  {
    heading: 'Making a client',
    text: 'From `@countersign/client`:',
    shows: [
      ['index', 'createClient'],
      ['options', 'ClientOptions'],
      ['storage', 'StorageName', 'TokenStorage'],
      ['cookies', 'cookieStorage'],
    ],
  },
  {
    heading: 'What it does',
    text: 'Each verb rejects with a `CountersignError`; with `results: "values"` it resolves to a `Result`.',
    shows: [
      ['client', 'Verbs'],
      ['contract', 'Credentials', 'NewUser', 'RegisteredUser'],
      ['results', 'Result'],
    ],
  },
  {
    heading: 'What it knows',
    text: 'Without asking anybody.',
    shows: [
      ['client', 'Knowledge'],
      ['kept', 'Session', 'User'],
    ],
  },
  {
    heading: 'What it tells',
    text: '`onEvent` hears both kinds, `onChange` the first.',
    shows: [
      ['events', 'SessionEvent', 'TroubleEvent'],
      ['kept', 'EndReason'],
    ],
  },
  { heading: 'Errors', text: '`code` is stable.', shows: [['errors', 'CountersignError', 'KnownErrorCode']] },
  {
    heading: 'For React',
    text: 'From `@countersign/client/react`, for React from 18:',
    shows: [['react', 'AuthProvider', 'AuthProviderProps', 'useSession', 'useAuth', 'Auth', 'AuthState']],
  },
  {
    heading: 'For pages that a server renders',
    text: 'From `@countersign/client/ssr`:',
    shows: [['ssr', 'createServerClient', 'ServerClientOptions', 'CookieJar', 'CookieAttributes']],
  },
]

/** The page, made of the declarations and the comments that stand in the source. */
export function makeReference(): string {
  const head =
    '# The client\n\nMade by `npm run docs` from the types of `@countersign/client`. [The guide](../guides/client.md) explains.\n'
  const sections = parts.map(({ heading, text, shows }) => {
    const code = shows.flatMap(([file, ...names]) => names.map((name) => declarationOf(file, name)))
    return `\n## ${heading}\n\n${text}\n\n\`\`\`ts\n${code.join('\n\n')}\n\`\`\`\n`
  })
  return head + sections.join('')
}

/** A declaration with its comment; of a function its signatures, of a class its fields. */
function declarationOf(file: string, name: string): string {
  const text = readFileSync(join(src, `${file}.ts`), 'utf8')
  const comment = String.raw`(?:^/\*\*(?:(?!\*/)[\s\S])*?\*/\n)?`
  const begin = String.raw`^export (?:interface|type|class|function) ${name}\b`
  const found = text.match(
    new RegExp(
      `${comment}${begin}[\\s\\S]*?(?=\\n\\n(?:/\\*\\*|export|const|function|interface|type)|\\n*$(?![\\s\\S]))`,
      'm',
    ),
  )
  if (!found) throw new Error(`${file}.ts has no ${name}`)
  return withoutBody(found[0]).replaceAll(/^(export | {2}declare (?=readonly))/gm, (start) =>
    start[0] === ' ' ? '  ' : '',
  )
}

function withoutBody(text: string): string {
  if (/^export function/m.test(text)) {
    const [overloads = '', ...rest] = [text.replace(/ \{\n[\s\S]*$/, '')]
    // The last of several signatures is the implementation's.
    const lines = overloads.split('\n')
    const several = lines.filter((line) => line.startsWith('export function')).length > 1
    return [...(several ? lines.slice(0, -1) : lines), ...rest].join('\n')
  }
  return text.replace(/\n\n {2}constructor[\s\S]*$/, '\n}')
}
