import { useAuth } from '@countersign/client/react'
import { useCallback, useEffect, useState } from 'react'

/** What the server says at that path. An application with many of them takes a library for this part. */
export function useAnswer<Answer>(path: string) {
  const { fetch } = useAuth()
  const [answer, setAnswer] = useState<Answer>()
  const [trouble, setTrouble] = useState<string>()

  const ask = useCallback(
    async (signal?: AbortSignal) => {
      try {
        // The client's own fetch: with an access token that is good, whatever it takes to have one.
        const response = await fetch(path, { signal: signal ?? null })
        if (!response.ok) throw new Error(`The server answered ${response.status}`)
        setAnswer((await response.json()) as Answer)
        setTrouble(undefined)
      } catch (error) {
        if (!signal?.aborted) setTrouble(String(error))
      }
    },
    [fetch, path],
  )

  useEffect(() => {
    const controller = new AbortController()
    void ask(controller.signal)
    return () => controller.abort()
  }, [ask])

  return { answer, trouble, askAgain: ask }
}
