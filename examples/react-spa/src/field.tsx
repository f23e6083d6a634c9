import { type InputHTMLAttributes, useId } from 'react'

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  /** what the server found wrong with it, in its own words */
  faults: readonly string[] | undefined
}

/** An input with its label, and with its faults where it has any. */
export function Field({ label, faults, ...input }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        required
        aria-invalid={faults !== undefined}
        aria-describedby={`${id}-faults`}
      />
      <p id={`${id}-faults`} role="alert">
        {faults?.join(' ')}
      </p>
    </div>
  )
}
