import { useQuery } from '@tanstack/preact-query'
import { useState } from 'preact/hooks'
import type { AdminMail, Delivered, MailPreview, SignedIn } from '../../api/answers.ts'
import { addressOf, get, request } from '../../api/request.ts'
import { useAct } from '../../app/act.ts'
import { useList } from '../../app/list.ts'
import { useFilters } from '../../app/search.ts'
import { can } from '../../app/session.ts'
import { Card, Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { sayCode } from '../../text/say-code.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { Facts, Select, TextField } from '../../ui/fields.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { type Column, EmptyList, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'

const tones = { waiting: 'warn', sent: 'good', failed: 'bad' } as const

const columns: readonly Column<AdminMail>[] = [
  { id: 'template', title: text.mail.template, cell: ({ template }) => sayCode(template) },
  { id: 'to', title: text.mail.to, cell: ({ to }) => to || text.none },
  {
    id: 'state',
    title: text.mail.state,
    cell: ({ state }) => <Badge tone={tones[state]}>{text.mail.states[state]}</Badge>,
  },
  { id: 'made', title: text.mail.made, isWide: true, cell: ({ created_at }) => <Time at={created_at} /> },
  {
    id: 'attempts',
    title: text.mail.attempts,
    isWide: true,
    align: 'right',
    cell: ({ attempts }) => attempts,
  },
]

/** The outbox: what waits, what was sent, what was given up, and why. */
export function Mail({ session }: { session: SignedIn }) {
  const { values, set, isFiltered } = useFilters(['state'])
  const [open, setOpen] = useState<AdminMail | undefined>()
  const [isTesting, setTesting] = useState(false)
  const [isPreviewed, setPreviewed] = useState(false)
  const list = useList<AdminMail>('mail/', values)
  return (
    <Page
      title={text.screens.mail}
      acts={
        <>
          <Button onClick={() => setPreviewed(true)}>{text.mail.preview}</Button>
          {can(session, 'mail.test') && <Button onClick={() => setTesting(true)}>{text.mail.test}</Button>}
        </>
      }
    >
      <div>
        <Select
          label={text.mail.state}
          value={values.state}
          options={[
            { value: '', label: text.mail.all },
            ...(['waiting', 'sent', 'failed'] as const).map((state) => ({
              value: state,
              label: text.mail.states[state],
            })),
          ]}
          onChange={(state) => set({ state })}
        />
      </div>
      <Card>
        <Table
          caption={text.screens.mail}
          columns={columns}
          {...list}
          idOf={({ id }) => id}
          nameOf={({ template, to }) => `${sayCode(template)} ${to}`}
          onOpen={setOpen}
          empty={<EmptyList isFiltered={isFiltered}>{text.mail.emptyHint}</EmptyList>}
        />
      </Card>
      {open && <Letter mail={open} session={session} onClose={() => setOpen(undefined)} />}
      {isTesting && <SendTest onClose={() => setTesting(false)} />}
      {isPreviewed && <Previews onClose={() => setPreviewed(false)} />}
    </Page>
  )
}

function Letter({ mail, session, onClose }: { mail: AdminMail; session: SignedIn; onClose: () => void }) {
  const retry = useAct({
    run: () => request(`mail/${encodeURIComponent(mail.id)}/retry/`, { method: 'POST' }),
    changes: ['mail/', 'audit/'],
    done: () => text.mail.retried,
    onDone: onClose,
  })
  return (
    <Modal title={sayCode(mail.template)} place="side" onClose={onClose}>
      <div class="flex flex-col gap-5">
        <Facts
          facts={[
            [text.mail.to, mail.to || text.none],
            [text.mail.state, text.mail.states[mail.state]],
            [text.mail.made, <Time key="made" at={mail.created_at} />],
            [text.mail.attempts, mail.attempts],
            [text.mail.due, <Time key="due" at={mail.due_at} none="–" />],
            [text.mail.error, mail.last_error ?? '–'],
          ]}
        />
        {mail.state === 'failed' && can(session, 'mail.retry') && (
          <span>
            <Button look="main" isBusy={retry.isPending} onClick={() => retry.mutate()}>
              {text.mail.retry}
            </Button>
          </span>
        )}
      </div>
    </Modal>
  )
}

function SendTest({ onClose }: { onClose: () => void }) {
  const send = useAct({
    run: async (to: string) =>
      (await request<Delivered>('mail/test/', { method: 'POST', body: { to } })).data,
    changes: ['audit/'],
  })
  return (
    <Modal title={text.mail.test} place="middle" onClose={onClose}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate(String(new FormData(event.currentTarget).get('to') ?? ''))
        }}
      >
        <TextField label={text.mail.testTo} name="to" type="email" required autofocus autocomplete="email" />
        {send.data && (
          <output
            class={`rounded-md px-3 py-2 text-sm ${send.data.taken ? 'bg-tint text-good' : 'bg-bad-tint text-bad'}`}
          >
            {send.data.taken ? text.mail.taken(send.data.said) : text.mail.notTaken(send.data.said)}
          </output>
        )}
        <div class="flex justify-end">
          <Button look="main" type="submit" isBusy={send.isPending}>
            {text.mail.testSend}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** Every letter with example facts, as its reader would see it. */
function Previews({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState('')
  const [isHtml, setHtml] = useState(false)
  const templates = useQuery({
    queryKey: ['mail/templates/'],
    queryFn: () => get<{ items: { template: string }[] }>('mail/templates/'),
  })
  const name = chosen || (templates.data?.items[0]?.template ?? '')
  const preview = useQuery({
    queryKey: ['mail/templates/', name],
    queryFn: () => get<MailPreview>(`mail/templates/${name}/`),
    enabled: name !== '',
  })
  return (
    <Modal title={text.mail.preview} place="side" onClose={onClose}>
      <div class="flex flex-col gap-4">
        <div class="flex flex-wrap items-end gap-3">
          <Select
            label={text.mail.template}
            value={name}
            options={(templates.data?.items ?? []).map(({ template }) => ({
              value: template,
              label: sayCode(template),
            }))}
            onChange={setChosen}
          />
          <Button onClick={() => setHtml(!isHtml)}>{isHtml ? text.mail.asText : text.mail.asHtml}</Button>
        </div>
        {preview.error && <Failure error={preview.error} onRetry={() => void preview.refetch()} />}
        {preview.data ? <Preview preview={preview.data} isHtml={isHtml} /> : <Skeleton />}
      </div>
    </Modal>
  )
}

function Preview({ preview, isHtml }: { preview: MailPreview; isHtml: boolean }) {
  return (
    <article class="flex flex-col gap-3">
      <p class="font-semibold">{preview.subject}</p>
      {isHtml ? (
        <iframe
          class="h-[60vh] w-full rounded-lg border border-line bg-white"
          title={preview.subject}
          sandbox=""
          src={addressOf(`mail/templates/${preview.template}/html/`)}
        />
      ) : (
        <pre class="overflow-x-auto whitespace-pre-wrap wrap-anywhere rounded-lg border border-line bg-raised p-4 font-mono text-xs/5">
          {preview.text}
        </pre>
      )}
    </article>
  )
}
