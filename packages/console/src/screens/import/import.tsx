import { useMutation, useQueryClient } from '@tanstack/preact-query'
import { useRef, useState } from 'preact/hooks'
import type { ImportReport } from '../../api/answers.ts'
import { Problem } from '../../api/problem.ts'
import { proving } from '../../app/proof.tsx'
import { Page } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { sayProblem } from '../../ui/states.tsx'
import { Busy } from './busy.tsx'
import { ChooseFile } from './choose-file.tsx'
import { How } from './how.tsx'
import { Report } from './report.tsx'
import { type Chosen, sendFile, usualWishes, type Wishes } from './send-file.ts'

/** Users from a file: choose it, see what would happen, let it happen. */
export function Import() {
  const [chosen, setChosen] = useState<Chosen | undefined>()
  return (
    <Page title={text.screens.import} lead={text.import.lead}>
      {chosen ? (
        <Steps chosen={chosen} onOther={() => setChosen(undefined)} />
      ) : (
        <ChooseFile onChoose={setChosen} />
      )}
    </Page>
  )
}

/** What is done with a file that was chosen: other wishes make what was seen worth nothing. */
function Steps({ chosen, onOther }: { chosen: Chosen; onOther: () => void }) {
  const [wishes, setWishes] = useState<Wishes>({ ...usualWishes, format: chosen.format })
  const [isAsking, setAsking] = useState(false)
  const dry = useSending()
  const real = useSending()
  const send = (seen?: ImportReport) => (seen ? real : dry).mutate({ chosen, wishes, seen })
  const running = dry.isPending ? dry : real.isPending ? real : undefined
  if (real.data)
    return (
      <Report report={real.data}>
        <Button onClick={onOther}>{text.import.another}</Button>
      </Report>
    )
  return (
    <>
      <How
        chosen={chosen}
        wishes={wishes}
        isDisabled={running !== undefined}
        onOther={onOther}
        onWish={(change) => {
          setWishes({ ...wishes, ...change })
          dry.reset()
          real.reset()
        }}
        onExamine={() => {
          real.reset()
          send()
        }}
      />
      {running && <Busy isEarnest={running === real} onStop={running.stop} />}
      {!running && (real.error ?? dry.error) && (
        <Fault error={real.error ?? dry.error} isEarnest={real.error !== null} />
      )}
      {!running && dry.data && (
        <Report report={dry.data}>
          <Act report={dry.data} onAct={() => setAsking(true)} />
        </Report>
      )}
      {isAsking && dry.data && (
        <Asking
          report={dry.data}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            send(dry.data)
          }}
        />
      )}
    </>
  )
}

/** Sends a file as long as nobody stops it; asks for the password where it must be shown. */
function useSending() {
  const client = useQueryClient()
  const control = useRef<AbortController | undefined>(undefined)
  const { mutate, reset, isPending, data, error } = useMutation({
    mutationFn: (what: Omit<Parameters<typeof sendFile>[0], 'signal'>) => {
      const stopping = new AbortController()
      control.current = stopping
      return proving(() => sendFile({ ...what, signal: stopping.signal }))
    },
    onSettled: () =>
      Promise.all(
        ['users/', 'audit/', 'sessions/'].map((path) => client.invalidateQueries({ queryKey: [path] })),
      ),
  })
  return { mutate, reset, isPending, data, error, stop: () => control.current?.abort() }
}

const changesOf = ({ counts }: ImportReport) => (counts.created ?? 0) + (counts.updated ?? 0)

function Act({ report, onAct }: { report: ImportReport; onAct: () => void }) {
  const count = changesOf(report)
  if (count === 0) return <p class="text-sm text-soft">{text.import.nothing}</p>
  return (
    <>
      <p class="text-sm text-soft">{text.import.nothingWritten}</p>
      <Button look="main" onClick={onAct}>
        {text.import.act(text.import.people(count))}
      </Button>
    </>
  )
}

interface AskingProps {
  report: ImportReport
  onClose: () => void
  onConfirm: () => void
}

function Asking({ report, onClose, onConfirm }: AskingProps) {
  const count = changesOf(report)
  const people = text.import.people(count)
  return (
    <Confirm
      title={text.import.title(people)}
      act={text.import.act(people)}
      typed={String(count)}
      onClose={onClose}
      onConfirm={onConfirm}
    >
      <p>{text.import.means}</p>
    </Confirm>
  )
}

/** What was wrong with the file or on the way; of an import in earnest also what that means. */
function Fault({ error, isEarnest }: { error: unknown; isEarnest: boolean }) {
  const told = error instanceof Problem ? Object.values(error.errors).flat() : []
  const isStopped = error instanceof DOMException && error.name === 'AbortError'
  if (isStopped && !isEarnest) return null
  return (
    <div
      role="alert"
      class="flex flex-col gap-1 rounded-xl border border-bad bg-bad-tint px-4 py-3 text-sm text-bad"
    >
      {!isStopped && <p class="font-medium">{told.join(' ') || sayProblem(error)}</p>}
      {isEarnest && <p>{text.import.cut}</p>}
    </div>
  )
}
