import { useState } from 'preact/hooks'
import type { AdminUserDetail, SignedIn } from '../../api/answers.ts'
import { Problem } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { can } from '../../app/session.ts'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Check, Select, TextField } from '../../ui/fields.tsx'

interface EditProps {
  user: AdminUserDetail
  /** the state that the form shows: what has changed since is not written over */
  etag: string | undefined
  session: SignedIn
  onClose: () => void
}

const editable = ['username', 'email', 'email_verified', 'is_staff', 'is_superuser', 'role'] as const
type Edited = Pick<AdminUserDetail, (typeof editable)[number]>

/** Only what was changed is sent. */
function changesIn(before: Edited, after: Edited): Record<string, unknown> {
  const changed = editable.filter((name) => before[name] !== after[name])
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? 'none']))
}

export function EditUser({ user, etag, session, onClose }: EditProps) {
  const [edited, setEdited] = useState<Edited>(user)
  const set = (change: Partial<Edited>) => setEdited({ ...edited, ...change })
  const save = useAct({
    run: () =>
      request(`users/${encodeURIComponent(user.id)}/`, {
        method: 'PATCH',
        ifMatch: etag,
        body: changesIn(user, edited),
      }),
    changes: ['users/', 'user', 'audit/'],
    done: () => text.users.saved,
    onDone: onClose,
  })
  const errors = save.error instanceof Problem ? save.error.errors : {}
  const mayRoles = can(session, 'users.roles')
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <TextField
        label={text.users.username}
        value={edited.username}
        errors={errors.username}
        autocomplete="off"
        onInput={(event) => set({ username: event.currentTarget.value })}
      />
      <TextField
        label={text.users.email}
        hint={text.users.emailHint}
        type="email"
        value={edited.email}
        errors={errors.email}
        autocomplete="off"
        onInput={(event) => set({ email: event.currentTarget.value })}
      />
      <Check
        label={text.users.verified}
        isChecked={edited.email_verified}
        onChange={(email_verified) => set({ email_verified })}
      />
      {mayRoles && (
        <>
          <Check
            label={text.users.staff}
            isChecked={edited.is_staff}
            onChange={(is_staff) => set({ is_staff })}
          />
          <Check
            label={text.users.superuser}
            isChecked={edited.is_superuser}
            onChange={(is_superuser) => set({ is_superuser })}
          />
          <Select
            place="form"
            label={text.users.role}
            value={edited.role ?? 'none'}
            options={[
              { value: 'none', label: text.users.noRole },
              ...(['auditor', 'support', 'admin', 'owner'] as const).map((role) => ({
                value: role,
                label: text.roles[role],
              })),
            ]}
            onChange={(role) => set({ role: role === 'none' ? null : (role as AdminUserDetail['role']) })}
          />
        </>
      )}
      <div class="flex justify-end gap-2">
        <Button onClick={onClose}>{text.acts.cancel}</Button>
        <Button look="main" type="submit" isBusy={save.isPending}>
          {text.acts.save}
        </Button>
      </div>
    </form>
  )
}
