import { useAuth } from '@countersign/client/react'
import { useState } from 'react'
import { Devices } from './devices.tsx'
import { useAnswer } from './use-answer.ts'

/** The protected page. Nobody sees it who is not signed in, and the server would tell him nothing. */
export function Home() {
  const { user, logout, logoutEverywhere } = useAuth()
  const { answer, trouble } = useAnswer<{ message: string }>('/api/protected/')
  const [isLate, setIsLate] = useState(false)

  return (
    <>
      <header>
        <h1>{user?.username}</h1>
        {/* Signed out here in any case. Where the server could not be told, the session ends when it expires. */}
        <button type="button" onClick={() => void logout().catch(() => undefined)}>
          Log out
        </button>
      </header>
      <p>{trouble ?? answer?.message ?? '…'}</p>
      <Devices />
      <button
        type="button"
        className="link"
        onClick={() => void logoutEverywhere().catch(() => setIsLate(true))}
      >
        Log out on all devices
      </button>
      {isLate && <p role="alert">The server could not be told. You are still signed in everywhere.</p>}
    </>
  )
}
