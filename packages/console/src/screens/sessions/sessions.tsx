import type { AdminSession, SignedIn } from '../../api/answers.ts'
import { useList } from '../../app/list.ts'
import { useFilters } from '../../app/search.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Check, SearchField } from '../../ui/fields.tsx'
import { EmptyList } from '../../ui/table.tsx'
import { SessionList } from './session-list.tsx'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}$/i
const address = /^[\d.]+$|:/

/** What was typed, by its form: the id of a session, an address, or a user. */
function filterOf(typed: string): Record<string, string> {
  const wanted = typed.trim()
  if (uuid.test(wanted)) return { id: wanted }
  return address.test(wanted) ? { address: wanted } : { user: wanted }
}

/** All sessions, newest first. */
export function Sessions({ session }: { session: SignedIn }) {
  const { values, set, type, isFiltered } = useFilters(['search', 'state'])
  const list = useList<AdminSession>('sessions/', { ...filterOf(values.search), state: values.state })
  return (
    <Page title={text.screens.sessions}>
      <div class="flex flex-wrap items-center gap-4">
        <SearchField
          label={text.sessions.search}
          value={values.search}
          onSearch={(search) => type({ search })}
        />
        <Check
          label={text.sessions.alsoEnded}
          isChecked={values.state === 'all'}
          onChange={(isAll) => set({ state: isAll ? 'all' : '' })}
        />
      </div>
      <Card>
        <SessionList list={list} session={session} empty={<EmptyList isFiltered={isFiltered} />} />
      </Card>
    </Page>
  )
}
