/**
 * Says what Python's `bytes.decode()` says of bytes, with its positions in bytes. Django reads a body as a stream and so
 * overlooks a sequence that the end cuts off; here it is refused too, in the words that Python has for it.
 * @param bytes what a fatal `TextDecoder` refused; valid UTF-8 is told as ending too early
 * @see RFC 3629 section 4 (the well-formed sequences)
 */
export function pythonUtf8Fault(bytes: Uint8Array): string {
  let start = 0
  let good = goodLength(bytes, start)
  while (good > 0 && good === sequenceLength(bytes[start])) {
    start += good
    good = goodLength(bytes, start)
  }
  const last = start + Math.max(good, 1) - 1
  const where =
    last === start ? `byte 0x${hex(bytes[start])} in position ${start}` : `bytes in position ${start}-${last}`
  return `'utf-8' codec can't decode ${where}: ${utf8Reason(bytes, start, good)}`
}

function utf8Reason(bytes: Uint8Array, start: number, good: number): string {
  if (good === 0 && start < bytes.length) return 'invalid start byte'
  return start + good < bytes.length ? 'invalid continuation byte' : 'unexpected end of data'
}

function hex(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, '0')
}

/** How many bytes the sequence with this first byte has; 0 if none starts with it. */
function sequenceLength(first: number | undefined): number {
  if (first === undefined || first > 0xf4 || (first > 0x7f && first < 0xc2)) return 0
  if (first < 0x80) return 1
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}

/** How many bytes from `start` on are a well-formed beginning of one sequence. */
function goodLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start]
  const wanted = sequenceLength(first)
  let good = Math.min(wanted, 1)
  while (good < wanted && isContinuation(bytes[start + good], good === 1 ? first : undefined)) good += 1
  return good
}

/** Some first bytes narrow the range of the second: no overlong form, no surrogate, nothing past U+10FFFF. */
function isContinuation(byte: number | undefined, first: number | undefined): boolean {
  if (byte === undefined) return false
  const [low, high] = secondByteRanges.get(first) ?? [0x80, 0xbf]
  return byte >= low && byte <= high
}

const secondByteRanges = new Map<number | undefined, readonly [number, number]>([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
])
