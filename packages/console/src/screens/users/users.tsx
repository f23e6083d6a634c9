import { useQueryClient } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { AdminUser, BulkResult, Page as ListPage, SignedIn } from '../../api/answers.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { Download } from '../../app/download.tsx'
import { useList } from '../../app/list.ts'
import { useFilters } from '../../app/search.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { SearchField, Select } from '../../ui/fields.tsx'
import { type Column, EmptyList, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { bulkActs, type UserAct } from './acts.ts'
import { Flags } from './flags.tsx'
import { User } from './user.tsx'

const columns: readonly Column<AdminUser>[] = [
  {
    id: 'username',
    title: text.users.username,
    sort: 'username',
    cell: ({ username }) => username,
  },
  {
    id: 'email',
    title: text.users.email,
    cell: ({ email }) => email || <span class="text-soft">{text.none}</span>,
  },
  { id: 'flags', title: text.users.state, cell: (user) => <Flags user={user} /> },
  {
    id: 'created',
    title: text.users.joined,
    sort: 'created',
    isWide: true,
    cell: ({ created_at }) => <Time at={created_at} />,
  },
  {
    id: 'last',
    title: text.users.lastLogin,
    isWide: true,
    cell: ({ last_login_at }) => <Time at={last_login_at} />,
  },
]

const yesNo = (yes: string, no: string) => [
  { value: '', label: text.any },
  { value: 'true', label: yes },
  { value: 'false', label: no },
]

const filters = [
  { name: 'active', label: text.users.state, options: yesNo(text.users.active, text.users.disabled) },
  { name: 'verified', label: text.users.email, options: yesNo(text.users.verified, text.users.unverified) },
  { name: 'staff', label: text.users.staff, options: yesNo(text.yes, text.no) },
  {
    name: 'role',
    label: text.users.role,
    options: [
      { value: '', label: text.all },
      { value: 'any', label: text.users.anyRole },
      ...(['owner', 'admin', 'support', 'auditor'] as const).map((role) => ({
        value: role,
        label: text.roles[role],
      })),
    ],
  },
] as const

/** All users, found, filtered and acted upon. */
export function Users({ session }: { session: SignedIn }) {
  const { values, set, isFiltered } = useFilters([
    'search',
    'active',
    'verified',
    'staff',
    'role',
    'sort',
    'user',
  ])
  const { user: openId, ...asked } = values
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const list = useList<AdminUser>('users/', asked)
  return (
    <Page
      title={text.screens.users}
      acts={
        can(session, 'users.export') && (
          <Download path="users/export/" query={{ ...asked, format: 'csv' }} label={text.users.exportCsv} />
        )
      }
    >
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField label={text.users.search} value={values.search} onSearch={(search) => set({ search })} />
        {filters.map(({ name, label, options }) => (
          <Select
            key={name}
            label={label}
            value={values[name]}
            options={options}
            onChange={(value) => set({ [name]: value })}
          />
        ))}
        {isFiltered && (
          <Button
            look="bare"
            onClick={() => set({ search: '', active: '', verified: '', staff: '', role: '' })}
          >
            {text.acts.clear}
          </Button>
        )}
      </div>
      <Card>
        {chosen.size > 0 && (
          <BulkBar
            session={session}
            chosen={chosen}
            rows={list.rows ?? []}
            onDone={() => setChosen(new Set())}
          />
        )}
        <Table
          caption={text.screens.users}
          columns={columns}
          {...list}
          idOf={({ id }) => id}
          nameOf={({ username }) => username}
          onOpen={({ id }) => set({ user: id })}
          choice={can(session, 'users.assist') ? { chosen, onChoose: setChosen } : undefined}
          sort={
            values.search ? undefined : { by: values.sort || '-created', onSort: (sort) => set({ sort }) }
          }
          empty={<EmptyList isFiltered={isFiltered}>{text.users.emptyHint}</EmptyList>}
        />
      </Card>
      {openId && <User id={openId} session={session} onClose={() => set({ user: '' })} />}
    </Page>
  )
}

interface BulkBarProps {
  session: SignedIn
  chosen: ReadonlySet<string>
  rows: readonly AdminUser[]
  onDone: () => void
}

/** What can be done to all that are chosen. What can be taken back is done at once; the rest is confirmed. */
function BulkBar({ session, chosen, rows, onDone }: BulkBarProps) {
  const [asked, setAsked] = useState<UserAct | undefined>()
  const client = useQueryClient()
  const bulk = useAct({
    run: async ({ act, ids }: { act: UserAct; ids: readonly string[] }) =>
      (await request<ListPage<BulkResult>>('users/bulk/', { method: 'POST', body: { act: act.name, ids } }))
        .data.items,
    changes: ['users/', 'user', 'sessions/'],
    done: (results, { act }) =>
      text.users.bulkDone(
        act.done,
        results.filter(({ outcome }) => outcome === 'done').length,
        results.length,
      ),
    undo: (results, { act }) => {
      const back = act.undo
      const ids = results.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)
      if (!back || ids.length === 0) return undefined
      return () =>
        void request('users/bulk/', { method: 'POST', body: { act: back, ids } }).then(() =>
          client.invalidateQueries({ queryKey: ['users/'] }),
        )
    },
    onDone: () => {
      setAsked(undefined)
      onDone()
    },
  })
  const ids = [...chosen]
  const names = rows.filter(({ id }) => chosen.has(id)).map(({ username }) => username)
  return (
    <div class="flex flex-wrap items-center gap-2 border-b border-line bg-raised px-4 py-2">
      <span class="mr-2 text-sm font-medium" aria-live="polite">
        {text.table.chosen(ids.length)}
      </span>
      {bulkActs
        .filter(({ permission }) => can(session, permission))
        .map((act) => (
          <Button
            key={act.name}
            look={act.isDangerous ? 'danger' : 'plain'}
            isBusy={bulk.isPending}
            onClick={() => (act.isConfirmed ? setAsked(act) : bulk.mutate({ act, ids }))}
          >
            {act.label}
          </Button>
        ))}
      {asked && (
        <Confirm
          title={text.users.bulkTitle(asked.label, ids.length)}
          act={asked.label}
          typed={asked.isDangerous ? String(ids.length) : undefined}
          isBusy={bulk.isPending}
          onClose={() => setAsked(undefined)}
          onConfirm={() => bulk.mutate({ act: asked, ids })}
        >
          <p>{asked.means}</p>
          <p class="text-soft">
            {names.slice(0, 10).join(', ')}
            {names.length > 10 && ' …'}
          </p>
        </Confirm>
      )}
    </div>
  )
}
