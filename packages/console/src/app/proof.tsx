import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../api/problem.ts'
import { request } from '../api/request.ts'
import { text } from '../text/en.ts'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/dialog.tsx'
import { TextField } from '../ui/fields.tsx'
import { sayProblem } from '../ui/states.tsx'

interface Asking {
  /** the password was shown */
  proven: () => void
  givenUp: () => void
}

let ask: ((asking: Asking) => void) | undefined

/**
 * Does something; where the server first wants the password once more, it is asked for, and the thing is done again.
 * @throws Problem as the thing does; also where the password was not given
 */
export async function proving<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'reauthentication_required') throw thrown
    await askForProof(thrown)
    return act()
  }
}

/**
 * Asks for the password.
 * @param instead what is thrown where it is not given
 */
export function askForProof(instead: Problem = new Problem(403)): Promise<void> {
  return new Promise((proven, refuse) => ask?.({ proven, givenUp: () => refuse(instead) }))
}

/** Where the password is asked for; one for the whole page. */
export function Proof({ username }: { username: string }) {
  const [asking, setAsking] = useState<Asking | undefined>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    ask = (next) => {
      setError(undefined)
      setAsking(next)
    }
    return () => {
      ask = undefined
    }
  }, [])
  if (!asking) return null
  const close = (end: () => void) => {
    setAsking(undefined)
    end()
  }
  const prove = async (password: string) => {
    try {
      await request('session/proof/', { method: 'POST', body: { password } })
      close(asking.proven)
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Modal title={text.signIn.again} place="middle" onClose={() => close(asking.givenUp)}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void prove(String(new FormData(event.currentTarget).get('password') ?? ''))
        }}
      >
        <p class="text-sm text-soft">{text.signIn.againWhy}</p>
        <input type="hidden" name="username" autocomplete="username" value={username} />
        <TextField
          label={text.signIn.password}
          name="password"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          errors={error === undefined ? [] : [sayProblem(error)]}
        />
        <div class="flex justify-end gap-2">
          <Button onClick={() => close(asking.givenUp)}>{text.acts.cancel}</Button>
          <Button look="main" type="submit">
            {text.acts.go}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
