import { useQueryClient } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { AdminUser, BulkResult, Page as ListPage, SignedIn } from '../../api/answers.ts'
import { Problem } from '../../api/problem.ts'
import { type Asked, request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { collect } from '../../app/list.ts'
import { can } from '../../app/session.ts'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { sayProblem } from '../../ui/states.tsx'
import { tell } from '../../ui/toasts.tsx'
import { bulkActs, type UserAct } from './acts.ts'

/** Names of users that are chosen, by their ids. */
export type Chosen = ReadonlyMap<string, string>

/** So many are chosen at once, and acted upon: the server does one after the other. */
const mostChosen = 1_000
/** So many in one request, so that it is seen how far it has come. */
const mostAtOnce = 50

interface Run {
  act: UserAct
  ids: readonly string[]
  /** of those that were asked for so far: whoever shows his password in the middle goes on there */
  results: BulkResult[]
}

interface BulkBarProps {
  session: SignedIn
  chosen: Chosen
  /** all rows of the list, where they are chosen and there are more than are shown */
  rest: NonNullable<Asked['query']> | undefined
  onChoose: (chosen: Chosen) => void
}

/** What can be done to all that are chosen. What can be taken back is done at once; the rest is confirmed. */
export function BulkBar({ session, chosen, rest, onChoose }: BulkBarProps) {
  const [asked, setAsked] = useState<UserAct | undefined>()
  const close = () => setAsked(undefined)
  const bulk = useBulk(() => {
    close()
    onChoose(new Map())
  })
  const start = (act: UserAct) => bulk.mutate({ act, ids: [...chosen.keys()], results: [] })
  return (
    <div class="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-raised px-4 py-2 lg:sticky lg:top-0 lg:z-10">
      <div class="flex flex-wrap items-center">
        <span class="mr-1 text-sm font-medium" aria-live="polite">
          {bulk.isPending ? text.users.bulkRuns(bulk.done, chosen.size) : text.table.chosen(chosen.size)}
        </span>
        {!bulk.isPending && (
          <Button look="bare" onClick={() => onChoose(new Map())}>
            {text.table.chooseNone}
          </Button>
        )}
        {rest && <ChooseRest asked={rest} onChoose={onChoose} />}
      </div>
      <div class="flex flex-wrap items-center gap-2">
        {bulkActs
          .filter(({ permission }) => can(session, permission))
          .map((act) => (
            <Button
              key={act.name}
              look={act.isDangerous ? 'danger' : 'plain'}
              isBusy={bulk.isPending}
              onClick={() => (act.isConfirmed ? setAsked(act) : start(act))}
            >
              {act.label}
            </Button>
          ))}
      </div>
      {asked && (
        <Confirm
          title={text.users.bulkTitle(asked.label, chosen.size)}
          act={asked.label}
          typed={asked.isDangerous ? String(chosen.size) : undefined}
          isBusy={bulk.isPending}
          onClose={close}
          onConfirm={() => start(asked)}
        >
          <p>{asked.means}</p>
          <p class="text-soft">{sayNames([...chosen.values()])}</p>
        </Confirm>
      )}
    </div>
  )
}

const mostNames = 10

function sayNames(names: readonly string[]): string {
  return names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ' …' : '')
}

/** Chooses what the list would show further on as well, as far as is acted upon at once. */
function ChooseRest({
  asked,
  onChoose,
}: {
  asked: NonNullable<Asked['query']>
  onChoose: BulkBarProps['onChoose']
}) {
  const choose = useAct({
    run: () => collect<AdminUser>('users/', asked, mostChosen),
    changes: [],
    done: ({ rows, isAll }) => (isAll ? undefined : text.users.choseFirst(rows.length)),
    onDone: ({ rows }) => onChoose(new Map(rows.map(({ id, username }) => [id, username]))),
  })
  return (
    <Button look="bare" isBusy={choose.isPending} onClick={() => choose.mutate()}>
      {text.users.chooseMatching}
    </Button>
  )
}

const isDone = ({ outcome }: BulkResult) => outcome === 'done'

/** Does it to some after the others, and tells how far it has come. */
function useBulk(onDone: () => void) {
  const [done, setDone] = useState(0)
  const client = useQueryClient()
  const act = useAct({
    run: (run: Run) => runFar(run, setDone),
    changes: ['users/', 'user', 'sessions/', 'audit/'],
    done: (results, { act, ids }) => text.users.bulkDone(act.done, results.filter(isDone).length, ids.length),
    undo: (results, { act }) => {
      const back = act.undo
      const ids = results.filter(isDone).map(({ id }) => id)
      if (!back || ids.length === 0) return undefined
      const run = { act: { name: back }, ids, results: [] }
      return () => void runAll(run, setDone).then(() => client.invalidateQueries({ queryKey: ['users/'] }))
    },
    onDone,
  })
  return { ...act, done }
}

/** What ends half-way is told, and so is what was done until then. @throws Problem where nothing was done */
async function runFar(run: Run, onProgress: (count: number) => void): Promise<BulkResult[]> {
  try {
    return await runAll(run, onProgress)
  } catch (thrown) {
    const wantsPassword = thrown instanceof Problem && thrown.code === 'reauthentication_required'
    if (run.results.length === 0 || wantsPassword) throw thrown
    tell(sayProblem(thrown), { tone: 'bad' })
    return run.results
  }
}

/** @throws Problem where the server refuses one of the requests; what was done before stays done */
async function runAll(
  { act, ids, results }: Omit<Run, 'act'> & { act: Pick<UserAct, 'name'> },
  onProgress: (count: number) => void,
): Promise<BulkResult[]> {
  onProgress(results.length)
  while (results.length < ids.length) {
    const next = ids.slice(results.length, results.length + mostAtOnce)
    const body = { act: act.name, ids: next }
    const { data } = await request<ListPage<BulkResult>>('users/bulk/', { method: 'POST', body })
    results.push(...data.items)
    onProgress(results.length)
  }
  return results
}
