import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Client, CountersignError } from '@countersign/client'
import type { ReactElement } from 'react'
import { FormPage } from './form-page.tsx'
import { AccountPage, StartPage } from './pages.tsx'
import type { Session } from './session.ts'

/** A page, or a path to go to. */
export type Answer = { page: ReactElement; status?: number } | { goTo: string }
type Route = (session: Session, request: IncomingMessage) => Answer | Promise<Answer>

/** By method and path: what there is. Each gets the session of its request. */
export const routes: Readonly<Record<string, Route>> = {
  'GET /': () => ({ page: <StartPage /> }),
  'GET /login': () => ({ page: <FormPage name="login" /> }),
  'GET /register': () => ({ page: <FormPage name="register" /> }),

  async 'GET /account'({ client, auth }) {
    if (!auth) return { goTo: '/login' }
    return { page: <AccountPage auth={auth} greeting={await greetingOf(client)} /> }
  },

  async 'POST /login'({ client }, request) {
    const given = await fieldsOf(request)
    const { username = '', password = '' } = given
    try {
      await client.login({ username, password })
    } catch (error) {
      return { page: <FormPage name="login" given={given} error={refusalIn(error)} />, status: 422 }
    }
    return { goTo: '/account' }
  },

  async 'POST /register'({ client }, request) {
    const given = await fieldsOf(request)
    const { username = '', email = '', password = '' } = given
    try {
      await client.register({ username, email, password })
      await client.login({ username, password })
    } catch (error) {
      return { page: <FormPage name="register" given={given} error={refusalIn(error)} />, status: 422 }
    }
    return { goTo: '/account' }
  },

  async 'POST /logout'({ client }) {
    await client.logout()
    return { goTo: '/' }
  },
}

/** One question to Countersign in the user's name. Who he is was verified here, so the page needs no answer. */
async function greetingOf(client: Client): Promise<string> {
  const answer = await client.fetch('/api/protected/').catch(() => undefined)
  if (!answer?.ok) return 'Countersign does not answer at the moment.'
  const { message } = (await answer.json()) as { message: string }
  return message
}

async function fieldsOf(request: IncomingMessage): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await text(request)))
}

/** What the server refuses is told in the form; that it cannot be reached is another matter, and thrown on. */
function refusalIn(error: unknown): CountersignError {
  if (error instanceof CountersignError && error.status && error.status < 500) return error
  throw error
}
