import { createElement as h, StrictMode, useState } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { cookieStorage, createClient } from '../../src/index.ts'
import { AuthProvider, useAuth, useSession } from '../../src/react.ts'

/** What the tests' page renders, in the browser and on the server. */
export function Page() {
  const { status, user, login, logout } = useAuth()
  const [trouble, setTrouble] = useState('')
  const logIn = (password) => login({ username: 'alice', password }).catch(({ code }) => setTrouble(code))
  return h(
    'main',
    null,
    h('h1', null, status),
    h(Name, { name: user?.username ?? 'nobody' }),
    h('button', { type: 'button', onClick: () => logIn('a quiet harbour') }, 'Log in'),
    h('button', { type: 'button', onClick: () => logIn('wrong') }, 'Log in wrongly'),
    h('button', { type: 'button', onClick: () => logout() }, 'Log out'),
    h('p', { role: 'alert' }, trouble),
  )
}

/** Reads the session by itself: both must say the same in every rendering. */
function Name({ name }) {
  const session = useSession()
  return h('p', { id: 'names' }, `${name}, ${session?.user.username ?? 'nobody'}`)
}

/** The whole tree, for both sides. */
export const tree = (client, initialSession) =>
  h(StrictMode, null, h(AuthProvider, { client, initialSession }, h(Page)))

/** A storage that answers when it is told to. */
function slowStorage() {
  const answered = new Promise((resolve) => {
    globalThis.answer = resolve
  })
  return { getItem: () => answered, setItem: () => undefined }
}

/** Counts who listens: what React mounted and did not take away again. */
function counted(client) {
  const { onChange } = client
  globalThis.listeners = globalThis.subscriptions = 0
  client.onChange = (listener) => {
    globalThis.listeners += 1
    globalThis.subscriptions += 1
    const stop = onChange(listener)
    return () => {
      globalThis.listeners -= 1
      stop()
    }
  }
  return client
}

function start(page) {
  const { slow, initialSession, isHydrated } = JSON.parse(page.getAttribute('data-given'))
  const client = counted(createClient({ baseUrl: '/', storage: slow ? slowStorage() : cookieStorage() }))
  globalThis.troubles = []
  const hear = { onRecoverableError: (error) => globalThis.troubles.push(String(error)) }
  const root = isHydrated ? hydrateRoot(page, tree(client, initialSession), hear) : createRoot(page, hear)
  if (!isHydrated) root.render(tree(client))
  globalThis.unmount = () => root.unmount()
}

const page = globalThis.document?.querySelector('#page')
if (page) start(page)
