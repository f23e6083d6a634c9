import { createGuard } from '@countersign/guard'
import { requireAuth } from '@countersign/guard/fastify'
import fastify from 'fastify'

const { COUNTERSIGN_URL = 'http://127.0.0.1:8000', PORT = '3002', STAFF = 'alice' } = process.env

const guard = createGuard({ issuer: COUNTERSIGN_URL, onFailure: (error) => console.error(String(error)) })
const staff = STAFF.split(',')

/** @type {Map<string, string[]>} user id -> what the user wrote */
const notes = new Map()

const noNote = 'A note is JSON: {"text":"…"}'

const app = fastify()
app.addHook('onClose', () => guard.close())

app.get('/', async () => ({ message: 'Everybody may read this.' }))

// What is registered in here is behind the guard, without a word at each route.
app.register(async (own) => {
  own.addHook('onRequest', requireAuth(guard))

  own.get('/notes', async ({ auth }) => ({
    username: auth.username,
    notes: notes.get(auth.userId) ?? [],
  }))

  own.post('/notes', async ({ auth, body }, reply) => {
    if (typeof body?.text !== 'string') return reply.code(400).send({ detail: noNote })
    notes.set(auth.userId, [...(notes.get(auth.userId) ?? []), body.text])
    return reply.code(201).send({ notes: notes.get(auth.userId) })
  })
})

const staffOnly = requireAuth(guard, { allow: ({ username }) => staff.includes(username) })
app.get('/report', { onRequest: staffOnly }, async () => ({
  users: notes.size,
  notes: [...notes.values()].flat().length,
}))

console.log(await app.listen({ host: '127.0.0.1', port: Number(PORT) }))
