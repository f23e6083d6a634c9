import type { CountersignError } from '@countersign/client'

/** The two forms differ in a field and in their words. */
const words = {
  login: { title: 'Log in', other: '/register', otherTitle: 'I am new here' },
  register: { title: 'Register', other: '/login', otherTitle: 'I have been here before' },
}

interface FormPageProps {
  name: keyof typeof words
  /** what was sent and refused, to be mended */
  given?: Record<string, string>
  error?: CountersignError
}

/** A form that works as forms always did: it is sent, and comes back with what is wrong. */
export function FormPage({ name, given = {}, error }: FormPageProps) {
  const { title, other, otherTitle } = words[name]
  return (
    <form method="post" action={`/${name}`}>
      <h1>{title}</h1>
      <Field label="Username" name="username" autoComplete="username" value={given.username} error={error} />
      {name === 'register' && (
        <Field label="Email" name="email" autoComplete="email" value={given.email} error={error} />
      )}
      <Field
        label="Password"
        name="password"
        autoComplete={name === 'login' ? 'current-password' : 'new-password'}
        error={error}
      />
      {error && error.code !== 'invalid' && <p role="alert">{error.message}</p>}
      <button type="submit" className="main">
        {title}
      </button>
      <a href={other}>{otherTitle}</a>
    </form>
  )
}

interface FieldProps {
  label: string
  name: 'username' | 'email' | 'password'
  autoComplete: string
  value?: string | undefined
  error: CountersignError | undefined
}

function Field({ label, name, autoComplete, value, error }: FieldProps) {
  const faults = error?.fields[name]
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={name === 'username' ? 'text' : name}
        autoComplete={autoComplete}
        defaultValue={value}
        required
        aria-invalid={faults !== undefined}
        aria-describedby={faults && `${name}-faults`}
      />
      {faults && (
        <p id={`${name}-faults`} role="alert">
          {faults.join(' ')}
        </p>
      )}
    </div>
  )
}
