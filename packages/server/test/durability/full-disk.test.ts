import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { spawnServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { openClient, type Reply } from '../races/http-client.ts'
import { withRawDatabase } from '../store/raw-database.ts'

/** The writes of one client until the disk is full: 200 while there is room, 503 from then on, nothing else ever. */
async function fill(refresh: (pair: TokenPair) => Promise<Reply>, first: TokenPair) {
  let pair = first
  for (let count = 0; count < 3000; count += 1) {
    const reply = await refresh(pair)
    if (reply.status !== 200) return { pair, reply, count }
    pair = reply.json()
  }
  throw new Error('the disk never filled up')
}

test('a full disk: writes answer 503, verification goes on, no answer is wrong, and room again heals it', async () => {
  const data = temporaryFolder()
  const server = await spawnServer({ data, fileBlocks: 1000 })
  const client = openClient(server.address)
  const idle = await client.session('alice')
  const { pair, reply, count } = await fill(client.refresh, (await client.login('alice')).json())
  console.log(
    `the disk was full after ${count} refreshes: ${statSync(join(data, 'countersign.db-wal')).size} bytes`,
  )

  for (const answer of [
    reply,
    await client.refresh(pair),
    await client.logout(idle),
    await client.login('alice'),
  ]) {
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('1')
    expect(answer.text).not.toMatch(/SQLITE|disk/)
  }
  expect((await client.register('bob')).status).toBe(503)
  expect((await client.login('nobody')).status).toBe(401)
  expect([await client.access(pair), await client.access(idle)]).toEqual([200, 200])
  expect((await client.get('/livez')).status).toBe(200)
  await server.stop('SIGKILL')

  const again = await spawnServer({ data })
  const later = openClient(again.address)
  expect((await later.refresh(pair)).status).toBe(200)
  expect((await later.refresh(idle)).status).toBe(200)
  expect((await later.login('bob')).status).toBe(401)
  expect((await later.register('bob')).status).toBe(201)
  for (const one of [client, later]) one.close()
  await again.stop()
  withRawDatabase(join(data, 'countersign.db'), (db) => {
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })
})

test('a disk that is full from the start: the server stops with a sentence', async () => {
  await expect(spawnServer({ data: temporaryFolder(), fileBlocks: 4 })).rejects.toThrow(
    /ended with 1:\n.*(SQLITE_FULL|SQLITE_IOERR)/s,
  )
})
