import { expect, test } from 'vitest'
import { explanationOf, toldText } from '../../src/explain/explanation.ts'
import { factsOf } from '../../src/explain/facts.ts'
import { type Answer, bearer, openTestServer, type TestServer } from '../harness.ts'

/** What an operator is told of the request that got this answer. */
async function explained({ deployment }: TestServer, answer: Answer) {
  await deployment.trail.flush()
  const requestId = String(answer.headers['x-request-id'])
  const [row] = await deployment.store.listEvents({ requestId, limit: 1 })
  if (!row) throw new Error('there is no event for the request')
  const facts = factsOf(row, 'alice', 'the clock')
  return { ...explanationOf(facts), told: toldText(facts) }
}

test('why a password, a link or a code was refused, in words that the client never hears', async () => {
  const server = await openTestServer()
  const { access } = await server.session()
  const change = { old_password: 'wrong', new_password: 'another horse battery' }
  const refused = await server.post('/api/password/change/', change, bearer(access))
  expect((await explained(server, refused)).why).toContain('the password that was typed is not his')
  const proofs = [
    { token: 'abc', said: 'The link was used already' },
    { email: 'alice@example.com', code: '12345678', said: 'The code is wrong' },
  ]
  for (const { said, ...proof } of proofs) {
    const answers = [
      await server.post('/api/password/reset/confirm/', { ...proof, new_password: 'another horse battery' }),
      await server.post('/api/email/verify/', proof),
    ]
    for (const answer of answers) {
      const { why, told } = await explained(server, answer)
      expect(why).toContain(said)
      expect(told).toContain('400')
    }
  }
  await server.close()
})

test('why the right password did not open a session', async () => {
  const server = await openTestServer({ env: { COUNTERSIGN_EMAIL_VERIFICATION: 'required' } })
  await server.session()
  const login = { username: 'alice', password: 'correct horse battery' }
  const { why, told } = await explained(server, await server.post('/api/login/', login))
  expect(why).toContain('nobody has shown yet that he reads the address')
  expect(told).toContain('email_not_verified')
  await server.close()
})
