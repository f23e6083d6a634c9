import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { type ShaCryptInput, shaCrypt } from './sha-crypt.ts'

// Like the threads of the pool, it gives way to the one that answers requests; elsewhere this would slow all of them.
if (process.platform === 'linux') setPriority(19)
parentPort?.postMessage(shaCrypt(workerData as ShaCryptInput))
