import { createGuard } from '@countersign/guard'
import { requireAuth } from '@countersign/guard/express'
import express from 'express'

const { COUNTERSIGN_URL = 'http://127.0.0.1:8000', PORT = '3001', STAFF = 'alice' } = process.env

const guard = createGuard({ issuer: COUNTERSIGN_URL, onFailure: (error) => console.error(String(error)) })
const staff = STAFF.split(',')

/** @type {Map<string, string[]>} user id -> what the user wrote */
const notes = new Map()

const noNote = 'A note is JSON: {"text":"…"}'

const app = express().use(express.json())

app.get('/', (_request, response) => {
  response.json({ message: 'Everybody may read this.' })
})

app.get('/notes', requireAuth(guard), ({ auth }, response) => {
  response.json({ username: auth.username, notes: notes.get(auth.userId) ?? [] })
})

app.post('/notes', requireAuth(guard), ({ auth, body }, response) => {
  if (typeof body?.text !== 'string') return response.status(400).json({ detail: noNote })
  notes.set(auth.userId, [...(notes.get(auth.userId) ?? []), body.text])
  response.status(201).json({ notes: notes.get(auth.userId) })
})

app.get(
  '/report',
  requireAuth(guard, { allow: ({ username }) => staff.includes(username) }),
  (_request, response) => {
    response.json({ users: notes.size, notes: [...notes.values()].flat().length })
  },
)

app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) throw error
  console.log(`http://127.0.0.1:${PORT}`)
})
