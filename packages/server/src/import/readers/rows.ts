import { linesOf } from '../read-records.ts'
import { csvRows, ReadError } from './csv.ts'

/** A row of a foreign file: what its members or columns hold, under their own names. */
export type ForeignRecord = Readonly<Record<string, unknown>>

/** With its place in the file; undefined for one that cannot be read. */
export interface PlacedRecord {
  row: number
  record: ForeignRecord | undefined
}

/**
 * The users in a file of JSON: a list, or an object that has it under `users`.
 * @throws ReadError where it is neither
 */
export async function* listedUsers(bytes: AsyncIterable<Buffer>): AsyncGenerator<PlacedRecord> {
  const given = parsed(await textOf(bytes))
  const list = Array.isArray(given) ? given : (given as { users?: unknown } | undefined)?.users
  if (!Array.isArray(list)) throw new ReadError('It is no JSON with a list of users.')
  for (const [at, one] of list.entries()) yield { row: at + 1, record: asRecord(one) }
}

/**
 * The rows of a file that may be a JSON list, a JSON object a line, or CSV with the names of its columns in the first
 * line: the first character tells which.
 * @throws ReadError for a list that is no JSON, and for CSV that ends inside quotes
 */
export async function* tableRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<PlacedRecord> {
  const { first, all } = await beginning(bytes)
  if (first === '[') yield* listedUsers(all)
  else if (first === '{') yield* jsonLines(all)
  else yield* csvRecords(all)
}

async function* jsonLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<PlacedRecord> {
  let row = 0
  for await (const line of linesOf(bytes)) {
    row += 1
    const text = line?.toString().trim() ?? 'too long'
    if (text !== '') yield { row, record: asRecord(parsed(text)) }
  }
}

async function* csvRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<PlacedRecord> {
  let names: string[] | undefined
  let row = 0
  for await (const fields of csvRows(decoded(bytes))) {
    row += 1
    if (names) {
      const columns = names
      const record = Object.fromEntries(columns.map((name, at) => [name, fields[at] ?? '']))
      yield { row, record: fields.length === columns.length ? record : undefined }
    } else names = fields.map((name) => name.trim())
  }
}

/** Looks at the first sign that is no space, and gives the whole all the same. */
async function beginning(bytes: AsyncIterable<Buffer>) {
  const iterator = bytes[Symbol.asyncIterator]()
  const seen: Buffer[] = []
  let first = ''
  while (first === '') {
    const { value, done } = await iterator.next()
    if (done) break
    seen.push(value)
    first = Buffer.concat(seen).toString().replace('\ufeff', '').trimStart().slice(0, 1)
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield* seen
    for (;;) {
      const { value, done } = await iterator.next()
      if (done) return
      yield value
    }
  }
  return { first, all: all() }
}

async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const part of bytes) yield decoder.decode(part, { stream: true })
  yield decoder.decode()
}

async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const part of decoded(bytes)) text += part
  return text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asRecord(given: unknown): ForeignRecord | undefined {
  const isRecord = typeof given === 'object' && given !== null && !Array.isArray(given)
  return isRecord ? (given as ForeignRecord) : undefined
}
