import { CountersignError } from '@countersign/client'
import { useAuth } from '@countersign/client/react'
import { type SubmitEvent, useState } from 'react'
import { Field } from './field.tsx'

/** For whoever is not signed in: a form to log in, which registers first where that is wished. */
export function Welcome() {
  const { login, register } = useAuth()
  const [isNew, setIsNew] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<CountersignError>()

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    const { username = '', email = '', password = '' } = textsOf(event.currentTarget)
    setIsBusy(true)
    try {
      if (isNew) await register({ username, email, password })
      // When this has gone well, <App> shows another page.
      await login({ username, password })
    } catch (thrown) {
      if (!(thrown instanceof CountersignError)) throw thrown
      setError(thrown)
    }
    setIsBusy(false)
  }

  function change() {
    setIsNew(!isNew)
    setError(undefined)
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <h1>{isNew ? 'Register' : 'Log in'}</h1>
      <Field label="Username" name="username" autoComplete="username" faults={error?.fields.username} />
      {isNew && (
        <Field label="Email" name="email" type="email" autoComplete="email" faults={error?.fields.email} />
      )}
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        faults={error?.fields.password}
      />
      {error && error.code !== 'invalid' && <p role="alert">{error.message}</p>}
      <button type="submit" className="main" disabled={isBusy}>
        {isNew ? 'Register' : 'Log in'}
      </button>
      <button type="button" className="link" onClick={change}>
        {isNew ? 'I have been here before' : 'I am new here'}
      </button>
    </form>
  )
}

function textsOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
}
