import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { SignedIn } from '../api/answers.ts'
import { Problem } from '../api/problem.ts'
import { request } from '../api/request.ts'
import { text } from '../text/en.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/fields.tsx'
import { Alarm, sayProblem } from '../ui/states.tsx'
import { useEnter } from './session.ts'
import { Mark, useTitle } from './shell.tsx'

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
    <Gate title={text.signIn.title} lead={text.signIn.lead}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void signIn(event.currentTarget)
        }}
      >
        {error !== undefined && <Alarm>{sayProblem(error)}</Alarm>}
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

interface GateProps {
  title: string
  lead?: string
  children: ComponentChildren
}

/** A card in the middle of an empty page: all that somebody sees who is not in yet. */
export function Gate({ title, lead, children }: GateProps) {
  useTitle(title)
  return (
    <main class="flex min-h-dvh flex-col items-center px-4 pt-[min(18vh,10rem)] pb-8">
      <div class="flex w-full max-w-sm flex-col gap-6">
        <Mark />
        <div class="rounded-2xl border border-line bg-paper p-6 shadow-cast sm:p-8">
          <h1 class="text-xl font-semibold tracking-tight text-balance">{title}</h1>
          {lead && <p class="mt-2 text-sm text-soft">{lead}</p>}
          <div class="mt-6">{children}</div>
        </div>
      </div>
    </main>
  )
}
