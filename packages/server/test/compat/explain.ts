import { reasons } from '../contract/reasons.ts'
import type { Shown } from './answers.ts'
import type { Case } from './case.ts'
import { sentFields } from './sent-fields.ts'

/** A case whose two answers differ. */
export interface Difference {
  case: Case
  body: string
  query: string
  headers: Readonly<Record<string, string>>
  django: Shown
  ours: Shown
}

interface Facts extends Difference {
  path: string
  fields: Readonly<Record<string, string>>
  /** both are JSON objects that differ in these members alone */
  differIn: readonly string[]
}

type Rule = readonly [reason: keyof typeof reasons, applies: (facts: Facts) => boolean]

const isHtml = ({ headers }: Shown) => headers['content-type']?.startsWith('text/html') === true
const isJson = ({ headers }: Shown) => headers['content-type'] === 'application/json'

/** On any route, whatever it does. */
const anywhere: readonly Rule[] = [
  ['never500', ({ django, ours }) => django.status === 500 && ours.status < 500],
  ['bodySize', ({ ours }) => ours.status === 413],
  ['unknownMethod', ({ case: { at }, ours }) => at.startsWith('FOO ') && [400, 405].includes(ours.status)],
  [
    'optionsJson',
    ({ case: { at }, django, ours }) =>
      at.startsWith('OPTIONS') && django.status === 200 && ours.status === 200,
  ],
  ['jsonErrors', ({ django, ours }) => django.status === 404 && !isJson(django) && ours.status === 404],
  ['noRedirect', ({ path, query, django }) => django.headers.location === `${path}/${query}`],
  ['jsonOnly', ({ django, ours }) => isHtml(django) && django.status === ours.status && isJson(ours)],
  ['jsonOnly', ({ query, ours }) => query.includes('format=api') && ours.status === 404],
  [
    'jsonOnly',
    ({ headers, django }) => /text\/(html|\*)/.test(headers.accept ?? '') && django.status === 406,
  ],
  [
    'emptyAccept',
    ({ headers, django, ours }) => headers.accept === '' && django.status === 406 && ours.status !== 406,
  ],
  ['compactJson', ({ headers }) => headers.accept?.includes('indent=') === true],
  ['utf8Json', ({ headers }) => /charset=(?!utf-8)/i.test(headers['content-type'] ?? '')],
  [
    'exactType',
    ({ headers, ours }) => headers['content-type']?.includes('*') === true && ours.status === 415,
  ],
]

const registers: readonly Rule[] = [
  [
    'typedEmail',
    ({ django, ours }) => django.status === 201 && ours.body.toLowerCase() === django.body.toLowerCase(),
  ],
  ['takenLast', ({ django, ours }) => told(django).some(isTaken) && !told(ours).some(isTaken)],
  [
    'sameName',
    ({ fields, django, ours }) =>
      told(ours).some(isTaken) && !told(django).some(isTaken) && isRespelled(fields.username),
  ],
  [
    'otherCommonList',
    ({ differIn, django, ours }) =>
      onlyPassword(differIn) && differsIn(django, ours, 'This password is too common.'),
  ],
  ['openRoute', ({ headers, django }) => headers.authorization !== undefined && django.status === 401],
  ['mixedScripts', ({ ours }) => ours.body.includes('Letters of different alphabets')],
  ['exactPassword', ({ fields, differIn }) => onlyPassword(differIn) && isPadded(fields.password)],
  ['passwordLength', ({ fields, differIn }) => onlyPassword(differIn) && codePoints(fields.password) > 128],
]

const logsIn: readonly Rule[] = [
  ['exactPassword', ({ fields }) => isPadded(fields.password)],
  [
    'sameName',
    ({ fields, django, ours }) =>
      django.status === 401 && ours.status === 200 && isRespelled(fields.username),
  ],
]

const refreshes: readonly Rule[] = [
  ['grace', ({ django, ours }) => isBlacklisted(django) && ours.status === 200],
]

const verifies: readonly Rule[] = [
  [
    'grace',
    ({ case: { kind }, django, ours }) =>
      kind.endsWith('spent') && isBlacklisted(django) && ours.status === 200,
  ],
]

const ends: readonly Rule[] = [
  ['logoutAll', ({ body }) => body.includes('"all"')],
  [
    'anyGeneration',
    ({ case: { kind }, django, ours }) =>
      kind.endsWith('spent') && isBlacklisted(django) && ours.status === 200,
  ],
  ['idempotentLogout', ({ django, ours }) => isBlacklisted(django) && ours.status === 200],
]

/** Where a token is shown, in a field or in the header. */
const shown: readonly Rule[] = [
  [
    'deadAccess',
    ({ case: { kind }, django, ours }) =>
      kind.endsWith('access token of an ended session') && django.status !== 401 && ours.status >= 400,
  ],
  [
    'ownForm',
    ({ case: { kind }, django, ours }) =>
      /token (without|of another type)/.test(kind) && django.status === 200 && isBadToken(ours),
  ],
  ['oneTokenMessage', ({ django, ours }) => isBadToken(django) && saysMore(django) && isVague(ours)],
]

const byPath: Readonly<Record<string, readonly Rule[]>> = {
  '/api/register/': registers,
  '/api/login/': logsIn,
  '/api/token/': logsIn,
  '/api/token/refresh/': [...refreshes, ...shown],
  '/api/token/blacklist/': [...ends, ...shown],
  '/api/logout/': [...ends, ...shown],
  '/api/token/verify/': [...verifies, ...shown],
  '/api/protected/': shown,
  '/api/dashboard/': shown,
}

/** Why the two answers differ, in the words of docs/compatibility.md; undefined where nothing there says so. */
export function explain(difference: Difference): string | undefined {
  const path = decodeURI(difference.case.at.split(' ')[1] ?? '')
  const fields = sentFields(difference.body, difference.headers['content-type'] ?? 'application/json')
  const facts = { ...difference, path, fields, differIn: differingMembers(difference) }
  const [reason] = [...anywhere, ...(byPath[path] ?? [])].find(([, applies]) => applies(facts)) ?? []
  return reason && reasons[reason]
}

function differingMembers({ django, ours }: Difference): string[] {
  const [theirs, mine] = [membersOf(django), membersOf(ours)]
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)])
  return [...names].filter((name) => JSON.stringify(theirs[name]) !== JSON.stringify(mine[name]))
}

/** Of an answer that is no refusal of fields: none. */
function membersOf(answer: Shown): Record<string, unknown> {
  const { status, body } = answer
  return status === 400 && isJson(answer) ? (JSON.parse(body) as Record<string, unknown>) : {}
}

/** All messages on fields. */
function told(answer: Shown): unknown[] {
  return Object.values(membersOf(answer)).flat()
}

function isTaken(message: unknown): boolean {
  return message === 'A user with that username already exists.' || message === 'This field must be unique.'
}

/** Whether one tells this, the other does not, and all else that they tell is the same. */
function differsIn(one: Shown, other: Shown, message: string): boolean {
  const [ofOne, ofOther] = [told(one), told(other)]
  const rest = (messages: unknown[]) => JSON.stringify(messages.filter((text) => text !== message))
  return rest(ofOne) === rest(ofOther) && ofOne.length !== ofOther.length
}

function onlyPassword(names: readonly string[]): boolean {
  return names.length === 1 && names[0] === 'password'
}

/** White space around it, as Python cuts it. */
function isPadded(text = ''): boolean {
  return /^[\s\x1c-\x1f\x85]|[\s\x1c-\x1f\x85]$/.test(text)
}

function codePoints(text = ''): number {
  return [...text].length
}

function isRespelled(name = ''): boolean {
  return name.normalize('NFKC') !== name || name.toLowerCase() !== name
}

function isBlacklisted({ body }: Shown): boolean {
  return body.includes('Token is blacklisted')
}

/** What simplejwt tells of a token beyond that it is not good. */
const tokenMessages = [
  ...["Token has no 'exp' claim", 'Token has no id', 'Token has no type', 'Token has wrong type'],
  ...['Token contained no recognizable user identification', 'Token is blacklisted', 'User not found'],
]

function saysMore({ body }: Shown): boolean {
  return tokenMessages.some((message) => body.includes(message))
}

function isVague(answer: Shown): boolean {
  return isBadToken(answer) && answer.body.includes('Token is invalid or expired')
}

function isBadToken({ status, body }: Shown): boolean {
  return status === 401 && body.includes('"code":"token_not_valid"')
}
