import { parentPort, workerData } from 'node:worker_threads'
import { type Command, runBatch } from './batch.ts'
import { openConnection } from './connection.ts'

/** The thread that owns the writing connection: a list of commands comes in, one commit later their results go out. */
const { file } = workerData as { file: string }
const db = openConnection(file)

parentPort?.on('message', (message: Command[] | 'close') => {
  if (message === 'close') {
    db.close()
    parentPort?.close()
  } else {
    parentPort?.postMessage({ results: runBatch(db, message) })
  }
})
