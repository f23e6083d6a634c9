import { useEffect, useState } from 'preact/hooks'
import type { AdminUser, SignedIn } from '../../api/answers.ts'
import { useList } from '../../app/list.ts'
import { useFilters } from '../../app/search.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { Views } from '../../app/views.tsx'
import { text } from '../../text/en.ts'
import { ClearFilters, SearchField } from '../../ui/fields.tsx'
import { focusList, isFocusLost } from '../../ui/row-focus.ts'
import { EmptyList, Table } from '../../ui/table.tsx'
import { BulkBar, type Chosen } from './bulk.tsx'
import { ColumnChooser, columnsOf } from './columns.tsx'
import { ExportUsers } from './export.tsx'
import { Filters } from './filters.tsx'
import { User } from './user.tsx'

const names = ['search', 'active', 'verified', 'staff', 'role', 'sort', 'columns', 'user'] as const
const besides = ['sort', 'columns', 'user'] as const

/** All users, found, filtered and acted upon. */
export function Users({ session }: { session: SignedIn }) {
  const { values, set, type, isFiltered, clear } = useFilters(names, { besides })
  const { user: openId, columns: words, ...asked } = values
  const { columns, ids: shown } = columnsOf(words)
  const list = useList<AdminUser>('users/', asked)
  const [chosen, setChosen] = useChosen(JSON.stringify(asked))
  const rows = list.rows ?? []
  const areAllChosen = rows.length > 0 && rows.every(({ id }) => chosen.has(id))
  return (
    <Page
      title={text.screens.users}
      acts={
        <>
          <Views list="users" besides={['user']} also={{ columns: shown.join(',') || 'none' }} />
          <ColumnChooser shown={shown} onChoose={(columns) => set({ columns })} />
          {can(session, 'users.export') && (
            <ExportUsers asked={asked} isFiltered={isFiltered} chosen={[...chosen.keys()]} />
          )}
        </>
      }
    >
      <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
        <SearchField
          label={text.users.search}
          value={values.search}
          onSearch={(search) => type({ search })}
        />
        <Filters values={values} onChange={set} />
        {isFiltered && <ClearFilters onClear={clear} />}
      </div>
      <Card>
        {chosen.size > 0 && (
          <BulkBar
            session={session}
            chosen={chosen}
            rest={areAllChosen && list.more ? asked : undefined}
            onChoose={setChosen}
          />
        )}
        <Table
          caption={text.screens.users}
          columns={columns}
          {...list}
          idOf={({ id }) => id}
          nameOf={({ username }) => username}
          onOpen={({ id }) => set({ user: id })}
          choice={
            can(session, 'users.assist')
              ? {
                  chosen: new Set(chosen.keys()),
                  onChoose: (ids) => setChosen(namesOf(ids, { rows, chosen })),
                }
              : undefined
          }
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

/** Who is chosen. In another list nobody is: nothing happens to somebody whom one does not see. */
function useChosen(question: string) {
  const [chosen, setChosen] = useState<Chosen>(new Map())
  useEffect(() => setChosen(new Map()), [question])
  const isAny = chosen.size > 0
  // The bar goes with the last one who was chosen, and takes the button along that had the focus.
  useEffect(() => {
    if (!isAny) return
    return () => {
      if (isFocusLost()) focusList()
    }
  }, [isAny])
  return [chosen, setChosen] as const
}

function namesOf(
  ids: ReadonlySet<string>,
  { rows, chosen }: { rows: readonly AdminUser[]; chosen: Chosen },
): Chosen {
  const known = new Map([...chosen, ...rows.map(({ id, username }) => [id, username] as const)])
  return new Map([...ids].map((id) => [id, known.get(id) ?? id]))
}
