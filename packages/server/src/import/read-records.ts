import type { Candidate } from './import-users.ts'
import { parseRecord } from './parse-record.ts'

/** A record has a few hundred; one with a thousand sessions some hundred thousand. */
const mostLineBytes = 4_194_304

/** The lines of a text, without their breaks; one that is longer than any record comes as undefined. */
export async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  let held: Buffer[] = []
  let heldBytes = 0
  const take = (part: Buffer) => {
    heldBytes += part.length
    if (heldBytes <= mostLineBytes) held.push(part)
  }
  const line = () => {
    const whole = heldBytes <= mostLineBytes ? Buffer.concat(held) : undefined
    held = []
    heldBytes = 0
    return whole
  }
  for await (const part of bytes) {
    let from = 0
    for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, from)) {
      take(part.subarray(from, end))
      yield line()
      from = end + 1
    }
    take(part.subarray(from))
  }
  if (heldBytes > 0) yield line()
}

/** The records of a file in our own format: a JSON object a line, empty lines left out. */
export async function* readRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<Candidate> {
  let row = 0
  for await (const line of linesOf(bytes)) {
    row += 1
    if (line?.every((byte) => byte === 32 || byte === 9 || byte === 13)) continue
    const given = line && parsed(line)
    yield given
      ? { row, ...parseRecord(given.value) }
      : { row, faults: [line ? 'it is no JSON' : 'it is too long'] }
  }
}

function parsed(line: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)) }
  } catch {
    return undefined
  }
}
