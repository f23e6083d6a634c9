import { useQuery } from '@tanstack/preact-query'
import type { EffectiveSetting, Settings as SettingsAnswer } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { useFilters } from '../../app/search.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Facts, SearchField } from '../../ui/fields.tsx'
import { type Column, EmptyList, Table } from '../../ui/table.tsx'

const columns: readonly Column<EffectiveSetting>[] = [
  {
    id: 'name',
    title: text.settings.name,
    cell: ({ name, doc }) => (
      <span class="block whitespace-normal">
        <code class="font-mono text-xs font-semibold">{name}</code>
        <span class="block text-xs text-soft">{doc}</span>
      </span>
    ),
  },
  { id: 'value', title: text.settings.value, cell: (setting) => <Value setting={setting} /> },
  {
    id: 'source',
    title: text.settings.source,
    isWide: true,
    cell: ({ source }) => (
      <Badge tone={source === 'default' || source === 'none' ? 'plain' : 'good'}>
        {text.settings.sources[source]}
      </Badge>
    ),
  },
]

function Value({ setting: { value, is_secret, source } }: { setting: EffectiveSetting }) {
  if (is_secret && source !== 'none' && value === null)
    return <span class="text-soft">{text.settings.hidden}</span>
  return <code class="break-all whitespace-normal font-mono text-xs">{value ?? '–'}</code>
}

/** What holds, and where each of it comes from. */
export function Settings() {
  const { values, set } = useFilters(['search'])
  const settings = useQuery({ queryKey: ['settings/'], queryFn: () => get<SettingsAnswer>('settings/') })
  const wanted = values.search.toLowerCase()
  const rows = settings.data?.items.filter(({ name, doc }) => `${name} ${doc}`.toLowerCase().includes(wanted))
  const you = settings.data?.you
  return (
    <Page title={text.screens.settings} lead={text.settings.changeHint}>
      {you && (
        <Card title={text.settings.you}>
          <div class="flex flex-col gap-3 p-4">
            <Facts
              facts={[
                [text.settings.address, you.address],
                [text.settings.forwarded, you.forwarded_for ?? '–'],
                [text.settings.host, you.host ?? '–'],
                [text.settings.trust, you.trust_proxy],
              ]}
            />
            <p class="text-xs text-soft">{text.settings.proxyHint}</p>
          </div>
        </Card>
      )}
      <div class="flex">
        <SearchField
          label={text.settings.search}
          value={values.search}
          onSearch={(search) => set({ search })}
        />
      </div>
      <Card>
        <Table
          caption={text.screens.settings}
          columns={columns}
          rows={rows}
          error={settings.error}
          onRetry={() => void settings.refetch()}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          empty={<EmptyList isFiltered />}
        />
      </Card>
    </Page>
  )
}
