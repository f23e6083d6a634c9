import { join } from 'node:path'
import { makePage, type Part } from '../../client/test/docs/declarations.ts'

const src = join(import.meta.dirname, '../src')

/** Where the page lies. */
export const page = join(import.meta.dirname, '../../../docs/reference/guard.md')

const parts: readonly Part[] = [
  {
    heading: 'Making a guard',
    text: 'From `@countersign/guard`:',
    shows: [['guard', 'createGuard', 'GuardOptions', 'RevocationOptions']],
  },
  {
    heading: 'What it does and tells',
    text: 'One for the whole program.',
    shows: [
      ['guard', 'Guard', 'GuardStatus'],
      ['auth', 'Auth'],
    ],
  },
  {
    heading: 'Refusals',
    text: '`code` is stable.',
    shows: [['refusal', 'Refusal', 'RefusalCode']],
  },
  {
    heading: 'More than a login',
    text: 'What `requireAuth` takes as its last argument, and what it is made of, for a framework of your own:',
    shows: [['authorize', 'Requirements', 'authorize']],
  },
  { heading: 'For Express', text: 'From `@countersign/guard/express`:', shows: [['express', 'requireAuth']] },
  { heading: 'For Fastify', text: 'From `@countersign/guard/fastify`:', shows: [['fastify', 'requireAuth']] },
  {
    heading: 'For Hono',
    text: 'From `@countersign/guard/hono`:',
    shows: [['hono', 'requireAuth', 'AuthEnv']],
  },
  { heading: 'For `node:http`', text: 'From `@countersign/guard/node`:', shows: [['node', 'requireAuth']] },
]

/** The page as the types make it. */
export function makeReference(): string {
  const head =
    '# The guard\n\nMade by `npm run docs` from the types of `@countersign/guard`. [The guide](../guides/guard.md) explains.\n'
  return makePage(src, { head, parts })
}
