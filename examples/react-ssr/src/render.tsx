import { AuthProvider } from '@countersign/client/react'
import type { ReactElement, ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import type { Session } from './session.ts'

/** A whole page as text. The components' hooks say here what `initialSession` says, and need not know where they run. */
export function render(page: ReactElement, session?: Session): string {
  const frame = <Frame username={session?.auth?.username}>{page}</Frame>
  return `<!doctype html>${renderToString(session ? withSession(frame, session) : frame)}`
}

function withSession(page: ReactElement, { client, auth }: Session): ReactElement {
  return (
    <AuthProvider client={client} initialSession={auth ? client.session : null}>
      {page}
    </AuthProvider>
  )
}

interface FrameProps {
  username: string | undefined
  children: ReactNode
}

function Frame({ username = 'Account', children }: FrameProps) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Countersign and pages from a server</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/styles.css" />
      </head>
      <body>
        <nav>
          <a href="/">Start</a>
          <a href="/account">{username}</a>
        </nav>
        <main>{children}</main>
      </body>
    </html>
  )
}
