import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { SignedIn } from '../api/answers.ts'
import { Problem } from '../api/problem.ts'
import { request } from '../api/request.ts'
import icon from '../favicon.svg'
import { text } from '../text/en.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/fields.tsx'
import { sayProblem } from '../ui/states.tsx'
import { useEnter } from './session.ts'

/** The way in. */
export function SignIn() {
  const enter = useEnter()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const signIn = async (form: HTMLFormElement) => {
    setBusy(true)
    try {
      const body = Object.fromEntries(new FormData(form))
      enter((await request<SignedIn>('session/', { method: 'POST', body })).data)
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  return (
    <Gate title={text.signIn.title}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void signIn(event.currentTarget)
        }}
      >
        {error !== undefined && (
          <p role="alert" class="rounded-md bg-bad-tint px-3 py-2 text-sm text-bad">
            {sayProblem(error)}
          </p>
        )}
        <TextField label={text.signIn.username} name="username" autocomplete="username" required autofocus />
        <TextField
          label={text.signIn.password}
          name="password"
          type="password"
          autocomplete="current-password"
          required
          errors={error instanceof Problem ? error.errors.password : undefined}
        />
        <Button look="main" type="submit" isBusy={isBusy}>
          {text.acts.signIn}
        </Button>
      </form>
    </Gate>
  )
}

/** A card in the middle of an empty page. */
export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="flex min-h-dvh flex-col items-center bg-raised px-4 pt-[12vh] pb-8">
      <div class="mb-6 flex items-center gap-2 font-semibold">
        <img src={icon} alt="" class="size-6" />
        {text.product}
      </div>
      <div class="w-full max-w-sm rounded-xl border border-line bg-paper p-6">
        <h1 class="mb-4 text-xl font-semibold tracking-tight">{title}</h1>
        {children}
      </div>
    </main>
  )
}
