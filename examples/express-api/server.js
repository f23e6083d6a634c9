import { createGuard } from '@countersign/guard'
import { requireAuth } from '@countersign/guard/express'
import express from 'express'

const { COUNTERSIGN_URL = 'http://127.0.0.1:8000', PORT = '3001', STAFF = 'alice' } = process.env

const guard = createGuard({ issuer: COUNTERSIGN_URL, onFailure: (error) => console.error(error) })
const staff = STAFF.split(',')

/** @type {Map<string, string[]>} user id -> what the user wrote */
const notes = new Map()

const app = express().use(express.json())

app.get('/', (_request, response) => {
  response.json({ message: 'Everybody may read this.' })
})

app.get('/notes', requireAuth(guard), ({ auth }, response) => {
  response.json({ username: auth.username, notes: notes.get(auth.userId) ?? [] })
})

app.post('/notes', requireAuth(guard), ({ auth, body }, response) => {
  notes.set(auth.userId, [...(notes.get(auth.userId) ?? []), String(body?.text)])
  response.status(201).json({ notes: notes.get(auth.userId) })
})

app.get(
  '/report',
  requireAuth(guard, { allow: ({ username }) => staff.includes(username) }),
  (_request, response) => {
    response.json({ users: notes.size, notes: [...notes.values()].flat().length })
  },
)

app.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}`))
