import type { Send } from '../../contract/scenario.ts'
import type { Dice } from '../../tokens/mutations.ts'
import type { Spelled } from './values.ts'

/** Members in the order in which they are written; a name may come twice. */
export type Members = readonly (readonly [name: string, value: Spelled])[]

const jsonTypes = [
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=latin-1',
  'Application/JSON',
  'application/json ; version=1.0',
]

const foreignTypes = [
  ...[
    'text/plain',
    'application/xml',
    'text/json',
    'json',
    'application/vnd.api+json',
    'application/jsonp',
    '',
  ],
  ...['*/*', 'application/*', 'a/b/c;;', 'application', 'application/json, text/plain', 'image/png'],
]

const extras: Members = [
  ['id', '7'],
  ['is_staff', 'true'],
  ['__proto__', '{"username":"x"}'],
  ['constructor', '"x"'],
  ['', '1'],
  ['Username', '"x"'],
  ['non_field_errors', '[]'],
]

/** The members in some order, one left out, one twice, or another beside them. */
export function rearranged(members: Members, dice: Dice): Members {
  const list = [...members]
  const kind = dice.below(8)
  if (kind === 0) list.splice(dice.below(list.length), 1)
  if (kind === 1) list.push(dice.pick(list))
  if (kind === 2) list.unshift([dice.pick(list)[0], '"not this one"'])
  if (kind === 3) list.push(dice.pick(extras))
  if (kind === 4) list.reverse()
  return list
}

/** The members as one JSON text, spelled in one of many ways. */
export function jsonText(members: Members, dice: Dice): string {
  const gap = dice.pick(['', '', '', ' ', '\n\t', '\r\n  '])
  const name = (text: string) =>
    dice.below(12) === 0 && text !== ''
      ? `"\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}${text.slice(1)}"`
      : JSON.stringify(text)
  const inside = members.map(([key, value]) => `${gap}${name(key)}${gap}:${gap}${value}`)
  return `${gap}{${inside.join(`${gap},`)}${gap}}${gap}`
}

/** A body of these members in any encoding; texts only where a form cannot say more. */
export function encoded(members: Members, dice: Dice): Send {
  const kind = dice.below(10)
  if (kind < 6) return { body: jsonText(members, dice), headers: { 'content-type': dice.pick(jsonTypes) } }
  const pairs = members.map(([name, value]): [string, string] => [name, plainText(value)])
  return kind < 8 ? form(pairs, dice) : multipart(pairs, dice)
}

/** What a form says in place of a JSON value. A lone surrogate has no spelling in UTF-8. */
function plainText(value: Spelled): string {
  return (value.startsWith('"') ? (JSON.parse(value) as string) : value).toWellFormed()
}

function form(pairs: readonly [string, string][], dice: Dice): Send {
  const text = new URLSearchParams([...pairs]).toString()
  const body = dice.pick([
    ...[
      text,
      text,
      text,
      text.replaceAll('+', '%20'),
      `&&${text}&`,
      `${text}&x`,
      `${text}&=`,
      `x=%ff&${text}`,
    ],
    ...[`${text}&username=%zz`, `${text};a=b`, text.replaceAll('%', '%25')],
  ])
  const types = ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=UTF-8']
  return { body, headers: { 'content-type': dice.pick(types) } }
}

function multipart(pairs: readonly [string, string][], dice: Dice): Send {
  const boundary = dice.pick([
    'd1e6c3a0b5f94e7f',
    '------------------------d74496d66958873e',
    '----WebKitFormBoundaryabc',
  ])
  const asFile = dice.below(8) === 0 ? dice.below(pairs.length) : -1
  const parts = pairs.map(([name, value], index) => {
    const file = index === asFile ? '; filename="a.txt"\r\nContent-Type: text/plain' : ''
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
  })
  return {
    body: `${parts.join('')}--${boundary}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}

/** A body under a type that is not its own, or none that anybody reads. */
export function mistyped(members: Members, dice: Dice): Send {
  const type = dice.pick(foreignTypes)
  return { body: jsonText(members, dice), headers: type === '' ? {} : { 'content-type': type } }
}

const wholes = [
  ...[
    '',
    ' ',
    'null',
    'true',
    'false',
    '[]',
    '[{}]',
    '""',
    '"text"',
    '0',
    '12',
    '-3.5',
    '1e400',
    '{}',
    '{"a":1}',
    '[[',
    '{"a"',
    '{"a":',
  ],
  ...[
    'NaN',
    '[NaN]',
    'Infinity',
    '-Infinity',
    '{"username":NaN}',
    '{a:1}',
    "{'a':1}",
    '{"a":1,}',
    '[1,]',
    '{"a" 1}',
    '\ufeff{}',
    '// x',
  ],
  ...[
    'nul',
    'tru',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '-',
    '"',
    '"\\',
    '"\\x"',
    '"\\u12',
    '"a\nb"',
    '{"a":1}{"b":2}',
    '{} x',
    '\u00a0{}',
  ],
]

/** A text that is no JSON, or JSON that is no object, or was an object once. */
export function broken(members: Members, dice: Dice): Send {
  const headers = { 'content-type': dice.pick(jsonTypes) }
  if (dice.below(3) === 0) return { body: dice.pick(wholes), headers }
  const text = jsonText(members, dice)
  const at = dice.below(text.length)
  const kind = dice.below(5)
  if (kind === 0) return { body: text.slice(0, at), headers }
  if (kind === 1) return { body: text.slice(0, at) + text.slice(at + 1 + dice.below(3)), headers }
  if (kind === 2)
    return {
      body: Buffer.concat([
        Buffer.from(text.slice(0, at)),
        Buffer.from([dice.pick([0xff, 0xc3, 0xe2, 0xed, 0x80, 0xf0])]),
        Buffer.from(text.slice(at)),
      ]),
      headers,
    }
  const put = dice.pick([...'{}[]:,"\\0e.-+/ntf\n\t\u0007 é', 'NaN', 'null', '"x":'])
  return { body: text.slice(0, at) + put + text.slice(at + (kind === 3 ? 0 : 1)), headers }
}
