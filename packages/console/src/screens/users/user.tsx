import { useQuery, useQueryClient } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { AdminEvent, AdminSession, AdminUserDetail, SignedIn } from '../../api/answers.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { useList } from '../../app/list.ts'
import { can } from '../../app/session.ts'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm, Modal } from '../../ui/dialog.tsx'
import { Copied, Facts } from '../../ui/fields.tsx'
import { Empty, Failure, Skeleton } from '../../ui/states.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Time } from '../../ui/time.tsx'
import { EventList } from '../audit/event-list.tsx'
import { SessionList } from '../sessions/session-list.tsx'
import { type UserAct, userActs } from './acts.ts'
import { EditUser } from './edit-user.tsx'
import { Flags } from './flags.tsx'

interface UserProps {
  id: string
  session: SignedIn
  onClose: () => void
}

/** One user, from the side: who he is, where he is logged in, what happened, and what can be done. */
export function User({ id, session, onClose }: UserProps) {
  const user = useUser(id)
  const [tab, setTab] = useState('profile')
  return (
    <Modal title={user.data?.data.username ?? text.states.loading} place="side" onClose={onClose}>
      {user.error ? (
        <Failure error={user.error} onRetry={() => void user.refetch()} />
      ) : !user.data ? (
        <Skeleton />
      ) : (
        <Tabs
          label={text.users.parts}
          chosen={tab}
          onChoose={setTab}
          tabs={[
            {
              id: 'profile',
              title: text.users.profile,
              show: () => <Profile answer={user.data} session={session} onGone={onClose} />,
            },
            {
              id: 'sessions',
              title: text.screens.sessions,
              show: () => <UserSessions id={id} session={session} />,
            },
            { id: 'history', title: text.users.history, show: () => <History id={id} /> },
          ]}
        />
      )}
    </Modal>
  )
}

function useUser(id: string) {
  return useQuery({
    queryKey: ['user', id],
    queryFn: () => request<AdminUserDetail>(`users/${encodeURIComponent(id)}/`),
  })
}

interface ProfileProps {
  answer: { data: AdminUserDetail; etag: string | undefined }
  session: SignedIn
  onGone: () => void
}

function Profile({ answer: { data: user, etag }, session, onGone }: ProfileProps) {
  const [isEdited, setEdited] = useState(false)
  if (isEdited) return <EditUser user={user} etag={etag} session={session} onClose={() => setEdited(false)} />
  const may = (permission: string) => user.touchable && can(session, permission)
  return (
    <div class="flex flex-col gap-6">
      <div class="flex flex-wrap items-center gap-2">
        <Flags user={user} />
        <span class="flex-1" />
        {may('users.change') && <Button onClick={() => setEdited(true)}>{text.users.edit}</Button>}
      </div>
      <Facts
        facts={[
          [text.users.id, <Copied key="id" value={user.id} />],
          [text.users.email, user.email || text.none],
          [text.users.joined, <Time key="joined" at={user.created_at} />],
          [text.users.lastLogin, <Time key="login" at={user.last_login_at} />],
          [text.users.password, <Password key="password" user={user} />],
          [text.users.liveSessions, user.live_sessions],
          [text.users.superuser, user.is_superuser ? text.yes : text.no],
        ]}
      />
      <UserActs user={user} session={session} onGone={onGone} />
    </div>
  )
}

function Password({ user: { password } }: { user: AdminUserDetail }) {
  if (password.algorithm === null) return <>{text.users.noPassword}</>
  if (password.changed_at === null) return <>{password.algorithm}</>
  return (
    <>
      {password.algorithm}, {text.users.changed} <Time at={password.changed_at} />
    </>
  )
}

function UserActs({
  user,
  session,
  onGone,
}: {
  user: AdminUserDetail
  session: SignedIn
  onGone: () => void
}) {
  const [asked, setAsked] = useState<UserAct | undefined>()
  const client = useQueryClient()
  const path = `users/${encodeURIComponent(user.id)}/`
  const act = useAct({
    run: ({ name }: UserAct) =>
      request(name === 'delete' ? path : `${path}${name}/`, {
        method: name === 'delete' ? 'DELETE' : 'POST',
      }),
    changes: ['users/', 'user', 'sessions/', 'audit/'],
    done: (_, { done }) => text.users.actDone(user.username, done),
    undo: (_, { undo }) =>
      undo &&
      (() => {
        void request(`${path}${undo}/`, { method: 'POST' }).then(() => client.invalidateQueries())
      }),
    onDone: (_, { name }) => {
      setAsked(undefined)
      if (name === 'delete') onGone()
    },
  })
  const { activate, disable, signOut, sendReset, requireReset, unlock } = userActs
  const possible = [user.is_active ? disable : activate, signOut, sendReset, unlock]
  const dangerous = [requireReset, userActs.delete]
  const button = (one: UserAct) =>
    user.touchable &&
    can(session, one.permission) && (
      <Button
        // Disabling and activating are one button, which keeps the focus as it changes.
        key={one === activate || one === disable ? 'state' : one.name}
        look={one.isDangerous ? 'danger' : 'plain'}
        isBusy={act.isPending}
        onClick={() => (one.isConfirmed ? setAsked(one) : act.mutate(one))}
      >
        {one.label}
      </Button>
    )
  return (
    <>
      <div class="flex flex-wrap gap-2">{possible.map(button)}</div>
      {user.touchable && dangerous.some(({ permission }) => can(session, permission)) && (
        <section class="rounded-xl border border-bad p-4" aria-label={text.users.danger}>
          <h3 class="mb-3 text-sm font-semibold text-bad">{text.users.danger}</h3>
          <div class="flex flex-wrap gap-2">{dangerous.map(button)}</div>
        </section>
      )}
      {!user.touchable && <p class="text-sm text-soft">{text.users.untouchable}</p>}
      {asked && (
        <Confirm
          title={`${asked.label}: ${user.username}`}
          act={asked.label}
          typed={asked.isDangerous ? user.username : undefined}
          isBusy={act.isPending}
          onClose={() => setAsked(undefined)}
          onConfirm={() => act.mutate(asked)}
        >
          <p>{asked.means}</p>
        </Confirm>
      )}
    </>
  )
}

function UserSessions({ id, session }: { id: string; session: SignedIn }) {
  const list = useList<AdminSession>('sessions/', { user: id })
  return (
    <SessionList list={list} session={session} empty={<Empty title={text.sessions.none} />} isOfOneUser />
  )
}

function History({ id }: { id: string }) {
  const list = useList<AdminEvent>('audit/', { user: id })
  return <EventList list={list} empty={<Empty title={text.states.empty} />} isOfOneUser />
}
