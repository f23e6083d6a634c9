import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthError } from '../../errors.ts'

/** A file that somebody sent, as long as it is needed. */
export interface Spooled {
  /** as `Content-Digest` has it. @see RFC 9530 section 2 */
  digest: string
  /** from its beginning, each time anew */
  read(): AsyncIterable<Buffer>
  close(): Promise<void>
}

export interface SpoolPlace {
  /** where files are for a while */
  folder: string
  /** bytes at the most */
  most: number
}

/**
 * Keeps what is sent in a file that has no name any more and only this process has open: once it is closed it is gone,
 * also where the process is killed.
 * @throws AuthError `body_too_large`; `unavailable` where the folder does not take it
 */
export async function spool(bytes: AsyncIterable<Buffer>, { folder, most }: SpoolPlace): Promise<Spooled> {
  const file = await openNameless(folder).catch(refuseRoom)
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const part of bytes) {
      size += part.length
      if (size > most) throw tooLarge(most)
      hash.update(part)
      await file.writeFile(part).catch(refuseRoom)
    }
    return {
      digest: `sha-256=:${hash.digest('base64')}:`,
      read: () => contentsOf(file),
      close: () => file.close(),
    }
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const name = join(folder, `countersign-import-${randomUUID()}`)
  const file = await open(name, 'wx+', 0o600)
  await unlink(name)
  return file
}

const partBytes = 65_536

async function* contentsOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(partBytes), 0, partBytes, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

/** What is too large here is not too large for the command line. */
export function tooLarge(most: number): AuthError {
  const detail = `The file is larger than ${most / 1_048_576} MiB: countersign import users takes any size.`
  return new AuthError('body_too_large', { detail })
}

function refuseRoom(cause: unknown): never {
  const detail = 'There is no room here for the file. The log says why.'
  throw new AuthError('unavailable', { detail, reason: 'the temporary folder does not take a file', cause })
}
