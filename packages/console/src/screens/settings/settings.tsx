import { useQuery } from '@tanstack/preact-query'
import type { EffectiveSetting, Settings as SettingsAnswer } from '../../api/answers.ts'
import { get } from '../../api/request.ts'
import { useFilters } from '../../app/search.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'
import { Check, Facts, SearchField } from '../../ui/fields.tsx'
import { type Column, EmptyList, Table } from '../../ui/table.tsx'

const columns: readonly Column<EffectiveSetting>[] = [
  {
    id: 'name',
    title: text.settings.name,
    isLong: true,
    cell: ({ name, doc }) => (
      <span class="block wrap-anywhere">
        <code class="font-mono text-xs font-semibold">{name}</code>
        <span class="block text-xs font-normal text-soft">{inWords(doc)}</span>
      </span>
    ),
  },
  {
    id: 'value',
    title: text.settings.value,
    cell: (setting) => <Value setting={setting} />,
  },
  {
    id: 'source',
    title: text.settings.source,
    cell: (setting) => (
      <Badge tone={isUsual(setting) ? 'plain' : 'good'}>{text.settings.sources[setting.source]}</Badge>
    ),
  },
]

/** What stands between backticks is code. */
function inWords(doc: string) {
  return doc.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))
}

/** What stands for itself: nobody has said anything else. */
function isUsual({ source }: EffectiveSetting): boolean {
  return source === 'default' || source === 'none' || source === 'derived'
}

function Value({ setting }: { setting: EffectiveSetting }) {
  const { value, source, is_secret } = setting
  const isHidden = is_secret && source !== 'none' && value === null
  return (
    <span class="block whitespace-normal">
      {isHidden ? (
        <span class="text-soft">{text.settings.hidden}</span>
      ) : (
        <code class="break-all font-mono text-xs">{value ?? '–'}</code>
      )}
      {!isUsual(setting) && setting.default !== null && (
        <span class="block text-xs text-soft">{text.settings.defaultIs(setting.default)}</span>
      )}
    </span>
  )
}

/** What holds, and where each of it comes from. */
export function Settings() {
  const { values, set } = useFilters(['search', 'set'])
  const settings = useQuery({ queryKey: ['settings/'], queryFn: () => get<SettingsAnswer>('settings/') })
  const wanted = values.search.toLowerCase()
  const rows = settings.data?.items.filter(
    (one) => `${one.name} ${one.doc}`.toLowerCase().includes(wanted) && (values.set === '' || !isUsual(one)),
  )
  const you = settings.data?.you
  return (
    <Page title={text.screens.settings} lead={text.settings.changeHint}>
      {you && <You you={you} />}
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField
          label={text.settings.search}
          value={values.search}
          onSearch={(search) => set({ search })}
        />
        <Check
          label={text.settings.onlySet}
          isChecked={values.set !== ''}
          onChange={(isChecked) => set({ set: isChecked ? 'here' : '' })}
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

const tones = { direct: 'good', believed: 'good', not_believed: 'warn' } as const

/** Whose address the server has taken this browser's for, and who told it. */
function You({ you }: Pick<SettingsAnswer, 'you'>) {
  const { address, peer, forwarded_for, host, trust_proxy, verdict } = you
  return (
    <Card title={text.settings.you}>
      <div class="flex flex-col gap-2 p-4">
        <p class="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-sm">
          <Badge tone={tones[verdict]}>{text.settings.verdicts[verdict]}</Badge>
          <span class="min-w-0 break-words">{text.settings.verdictMeans[verdict](peer, address)}</span>
        </p>
        <Facts
          facts={[
            [text.settings.address, address],
            [text.settings.peer, peer],
            [text.settings.forwarded, forwarded_for ?? text.settings.notSent],
            [text.settings.trust, trust_proxy],
            [text.settings.host, host ?? '–'],
          ]}
        />
      </div>
    </Card>
  )
}
