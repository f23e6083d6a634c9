import { useState } from 'preact/hooks'
import type { AdminUser } from '../../api/answers.ts'
import { keep, readKept } from '../../app/kept.ts'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { Check } from '../../ui/fields.tsx'
import type { Column } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Flags } from './flags.tsx'

const name: Column<AdminUser> = {
  id: 'username',
  title: text.users.username,
  sort: 'username',
  cell: ({ username }) => username,
}

/** What can be shown beside the name, in this order. There is no order by the last login: its index would cost each login. */
const others: readonly Column<AdminUser>[] = [
  {
    id: 'email',
    title: text.users.email,
    sort: 'email',
    cell: ({ email }) => email || <span class="text-soft">{text.none}</span>,
  },
  { id: 'state', title: text.users.state, cell: (user) => <Flags user={user} /> },
  { id: 'role', title: text.users.role, cell: ({ role }) => role && text.roles[role] },
  { id: 'verified', title: text.users.verified, isNamed: true, cell: (user) => sayYes(user.email_verified) },
  { id: 'staff', title: text.users.staff, isNamed: true, cell: ({ is_staff }) => sayYes(is_staff) },
  {
    id: 'superuser',
    title: text.users.superuser,
    isNamed: true,
    cell: ({ is_superuser }) => sayYes(is_superuser),
  },
  {
    id: 'created',
    title: text.users.joined,
    sort: 'created',
    isLastFirst: true,
    isWide: true,
    isNamed: true,
    cell: ({ created_at }) => <Time at={created_at} />,
  },
  {
    id: 'last_login',
    title: text.users.lastLogin,
    isWide: true,
    isNamed: true,
    cell: ({ last_login_at }) => <Time at={last_login_at} />,
  },
  { id: 'id', title: text.users.id, cell: ({ id }) => <code class="font-mono text-xs">{id}</code> },
]

const usual = 'email,state,created,last_login'
const keptAs = 'users.columns'

function sayYes(is: boolean): string {
  return is ? text.yes : text.no
}

interface Shown {
  columns: readonly Column<AdminUser>[]
  ids: readonly string[]
}

/**
 * The columns that are shown: those that the address says, or else those that were chosen last in this browser. Whoever
 * chose some sees them on a narrow screen too.
 */
export function columnsOf(asked: string): Shown {
  const kept = readKept(keptAs)
  const words = asked || (typeof kept === 'string' ? kept : usual)
  const ids = words.split(',')
  const shown = others.filter(({ id }) => ids.includes(id))
  const fitting = words === usual ? shown : shown.map((column) => ({ ...column, isWide: false }))
  return { columns: [name, ...fitting], ids: shown.map(({ id }) => id) }
}

interface ColumnChooserProps {
  shown: readonly string[]
  onChoose: (words: string) => void
}

/** Chooses what is shown of each user; it is kept in the address, and in this browser for the next time. */
export function ColumnChooser({ shown, onChoose }: ColumnChooserProps) {
  const [isOpen, setOpen] = useState(false)
  const choose = (id: string) => {
    const next = others.filter((one) => (one.id === id) !== shown.includes(one.id)).map((one) => one.id)
    const words = next.join(',') || 'none'
    const isUsual = words === usual
    keep(keptAs, isUsual ? undefined : words)
    onChoose(isUsual ? '' : words)
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.users.columns}</Button>
      {isOpen && (
        <Modal title={text.users.columns} place="middle" onClose={() => setOpen(false)}>
          <div class="flex flex-col gap-3">
            {others.map(({ id, title }) => (
              <Check key={id} label={title} isChecked={shown.includes(id)} onChange={() => choose(id)} />
            ))}
          </div>
        </Modal>
      )}
    </>
  )
}
