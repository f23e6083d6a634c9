import { useState } from 'preact/hooks'
import type { SignedIn } from '../api/answers.ts'
import { Problem } from '../api/problem.ts'
import { request } from '../api/request.ts'
import { text } from '../text/en.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/fields.tsx'
import { Alarm, sayProblem } from '../ui/states.tsx'
import { useEnter } from './session.ts'
import { Gate } from './sign-in.tsx'

/** Makes the first owner with the token of the link, which only this browser has seen: it stands behind the `#`. */
export function First({ token }: { token: string }) {
  const enter = useEnter()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const make = async (form: HTMLFormElement) => {
    setBusy(true)
    const given = Object.fromEntries(new FormData(form)) as Record<string, string>
    try {
      await request('first/', { method: 'POST', body: { ...given, token } })
      const { username, password } = given
      const { data } = await request<SignedIn>('session/', { method: 'POST', body: { username, password } })
      location.hash = ''
      enter(data)
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  const errors = error instanceof Problem ? error.errors : {}
  const isSpent = error instanceof Problem && error.status === 404
  return (
    <Gate title={text.first.title} lead={text.first.lead}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void make(event.currentTarget)
        }}
      >
        {error !== undefined && Object.keys(errors).length === 0 && (
          <Alarm>{isSpent ? text.first.spent : sayProblem(error)}</Alarm>
        )}
        <TextField
          label={text.signIn.username}
          name="username"
          autocomplete="username"
          required
          autofocus
          errors={errors.username}
        />
        <TextField
          label={text.first.email}
          name="email"
          type="email"
          autocomplete="email"
          errors={errors.email}
        />
        <TextField
          label={text.signIn.password}
          name="password"
          type="password"
          autocomplete="new-password"
          required
          errors={errors.password}
        />
        <Button look="main" type="submit" isBusy={isBusy}>
          {text.first.act}
        </Button>
      </form>
    </Gate>
  )
}
