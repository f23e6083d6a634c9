/** A message as it lies on the wire: field number -> its values, in their order. */
export type Message = ReadonlyMap<number, readonly (bigint | Buffer)[]>

/**
 * Takes a Protocol Buffers message apart without its schema. Numbers of fixed length stay bytes.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function readMessage(bytes: Buffer): Message {
  const fields = new Map<number, (bigint | Buffer)[]>()
  const cursor = { bytes, at: 0 }
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor)
    const number = Number(tag >> 3n)
    const value = readValue(cursor, Number(tag & 7n))
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields
}

export function messagesOf(message: Message, number: number): Message[] {
  return buffersOf(message, number).map(readMessage)
}

export function textOf(message: Message, number: number): string {
  return buffersOf(message, number)[0]?.toString('utf8') ?? ''
}

export function hexOf(message: Message, number: number): string {
  return buffersOf(message, number)[0]?.toString('hex') ?? ''
}

export function integerOf(message: Message, number: number): number {
  const [value = 0n] = message.get(number) ?? []
  return typeof value === 'bigint' ? Number(value) : 0
}

function buffersOf(message: Message, number: number): Buffer[] {
  return (message.get(number) ?? []).filter((value) => Buffer.isBuffer(value))
}

interface Cursor {
  bytes: Buffer
  at: number
}

function readValue(cursor: Cursor, wireType: number): bigint | Buffer {
  switch (wireType) {
    case 0:
      return readVarint(cursor)
    case 1:
      return readBytes(cursor, 8)
    case 2:
      return readBytes(cursor, Number(readVarint(cursor)))
    case 5:
      return readBytes(cursor, 4)
    default:
      throw new Error(`There is no wire type ${wireType}.`)
  }
}

function readBytes(cursor: Cursor, length: number): Buffer {
  cursor.at += length
  return cursor.bytes.subarray(cursor.at - length, cursor.at)
}

function readVarint(cursor: Cursor): bigint {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) throw new Error('The message is cut off.')
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return value
  }
}
