import { createGuard } from '@countersign/guard'
import { requireAuth } from '@countersign/guard/hono'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const { COUNTERSIGN_URL = 'http://127.0.0.1:8000', PORT = '3003', STAFF = 'alice' } = process.env

const guard = createGuard({ issuer: COUNTERSIGN_URL, onFailure: (error) => console.error(String(error)) })
const staff = STAFF.split(',')

/** @type {Map<string, string[]>} user id -> what the user wrote */
const notes = new Map()

const noNote = 'A note is JSON: {"text":"…"}'

const app = new Hono()

app.get('/', (context) => context.json({ message: 'Everybody may read this.' }))

app.get('/notes', requireAuth(guard), (context) => {
  const { userId, username } = context.get('auth')
  return context.json({ username, notes: notes.get(userId) ?? [] })
})

app.post('/notes', requireAuth(guard), async (context) => {
  const { userId } = context.get('auth')
  const body = await context.req.json().catch(() => undefined)
  if (typeof body?.text !== 'string') return context.json({ detail: noNote }, 400)
  notes.set(userId, [...(notes.get(userId) ?? []), body.text])
  return context.json({ notes: notes.get(userId) }, 201)
})

app.get('/report', requireAuth(guard, { allow: ({ username }) => staff.includes(username) }), (context) =>
  context.json({ users: notes.size, notes: [...notes.values()].flat().length }),
)

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
)
