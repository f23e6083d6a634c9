/** Reads what one client says in PostgreSQL's protocol, only as far as to know which statements it runs. */
export interface StatementReader {
  /** @returns the names of the prepared statements and the texts of the others that begin to run with this chunk */
  read(chunk: Buffer): string[]
}

const letters = { query: 0x51, bind: 0x42 }

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
export function openStatementReader(): StatementReader {
  let rest = Buffer.alloc(0)
  // The first message has no letter before its length.
  let isStarted = false
  function next(): Buffer | undefined {
    const head = isStarted ? 1 : 0
    if (rest.length < head + 4) return undefined
    const end = head + rest.readUInt32BE(head)
    if (rest.length < end) return undefined
    const message = rest.subarray(0, end)
    rest = rest.subarray(end)
    return message
  }
  return {
    read(chunk) {
      rest = Buffer.concat([rest, chunk])
      const statements: string[] = []
      for (let message = next(); message; message = next()) {
        if (isStarted) statements.push(...statementOf(message))
        isStarted = true
      }
      return statements
    },
  }
}

function statementOf(message: Buffer): string[] {
  const [first, second] = message.subarray(5).toString('latin1').split('\0', 2)
  if (message[0] === letters.query) return [first ?? '']
  // Of a portal, which has no name here, and of the statement that it runs.
  return message[0] === letters.bind ? [second ?? ''] : []
}

/** What a server ends the answer to a statement with: whatever that statement did is committed or rolled back by then. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5])

/** Whether the bytes of a server end with that. */
export function isAnswered(bytes: Buffer): boolean {
  return bytes.subarray(-6, -1).equals(readyForQuery)
}
