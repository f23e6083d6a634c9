import { type Fault, texts } from '../../src/django/simplejwt/texts.ts'
import { listOperations, type OpenApi, type Operation, type Schema } from '../contract/openapi.ts'
import { type MadeParts, markdownTable } from './made-parts.ts'

/** What the endpoints are asked and answer, by what clients hold: pairs of tokens or sliding ones. */
export function simplejwtParts(documents: { pairs: OpenApi; sliding: OpenApi }): MadeParts {
  return new Map([
    ['pairs', endpointTable(documents.pairs)],
    ['sliding', endpointTable(documents.sliding)],
    ['texts', textTable()],
  ])
}

const paths = [
  '/api/token/',
  '/api/login/',
  '/api/token/refresh/',
  '/api/token/verify/',
  '/api/token/blacklist/',
]

function endpointTable(document: OpenApi): string {
  const operations = new Map(listOperations(document))
  const rows = paths.map((path) => {
    const operation = operations.get(`POST ${path}`)
    return [`POST \`${path}\``, membersOf(bodyOf(operation)), membersOf(answerOf(operation))]
  })
  return markdownTable(['endpoint', 'body', 'answer 200'], rows)
}

function bodyOf(operation: Operation | undefined): Schema | undefined {
  return operation?.requestBody?.content['application/json']?.schema
}

function answerOf(operation: Operation | undefined): Schema | undefined {
  return operation?.responses['200']?.content?.['application/json']?.schema
}

function membersOf(schema: Schema | undefined): string {
  return `\`{${Object.keys(schema?.properties ?? {}).join(', ')}}\``
}

/** When each text is said; the compiler holds it to the table of texts. */
const meanings: Readonly<Record<Fault, string>> = {
  invalid: 'What was shown is none of our tokens, or not good yet.',
  expired: 'A token of ours whose time is over.',
  sliding_over: 'A sliding token, and the time in which it could be made anew is over as well.',
  blacklisted: 'The token was exchanged before, or its session has ended.',
  wrong_type: 'A good token of another kind.',
  no_account: 'The user of a refresh token is disabled or deleted. In 5.5 without a `code`.',
}

function textTable(): string {
  const rows = (Object.keys(meanings) as Fault[]).map((fault) => [
    ...[texts['5.2'][fault], texts['5.5'][fault], meanings[fault]],
  ])
  return markdownTable(['5.2', '5.5', 'when'], rows)
}
