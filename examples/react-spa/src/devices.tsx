import { useAuth } from '@countersign/client/react'
import { useAnswer } from './use-answer.ts'

/** One session of the user, as `GET /api/sessions/` has it. */
interface Device {
  id: string
  device: string
  last_used_at: string
  /** the one that asks */
  current: boolean
}

/** Where the user is logged in. What he ends here is signed out there with its next request. */
export function Devices() {
  const { fetch } = useAuth()
  const { answer = [], trouble, askAgain } = useAnswer<Device[]>('/api/sessions/')

  async function end({ id }: Device) {
    await fetch(`/api/sessions/${id}/`, { method: 'DELETE' }).catch(() => undefined)
    await askAgain()
  }

  return (
    <section aria-labelledby="devices">
      <h2 id="devices">Where you are logged in</h2>
      {trouble && <p role="alert">{trouble}</p>}
      <ul>
        {answer.map((one) => (
          <li key={one.id}>
            <span>
              {one.device}
              <small>{new Date(one.last_used_at).toLocaleString()}</small>
            </span>
            {one.current ? (
              <em>This device</em>
            ) : (
              <button type="button" aria-label={`End ${one.device}`} onClick={() => void end(one)}>
                End
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
