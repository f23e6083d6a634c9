import { useState } from 'preact/hooks'
import type { Asked } from '../../api/request.ts'
import { Download } from '../../app/download.tsx'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { Select } from '../../ui/fields.tsx'

interface ExportProps {
  /** what the list is asked for */
  asked: NonNullable<Asked['query']>
  isFiltered: boolean
  /** ids of the users that are chosen */
  chosen: readonly string[]
}

/** So many users are named in one request. */
const mostNamed = 200

const formats = [
  { value: 'csv', label: text.users.asCsv },
  { value: 'ndjson', label: text.users.asLines },
]

/** Users as a file: all that the filters leave, or those that are chosen. */
export function ExportUsers(props: ExportProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.acts.export}</Button>
      {isOpen && (
        <Modal title={text.users.exportTitle} place="middle" onClose={() => setOpen(false)}>
          <ExportForm {...props} />
        </Modal>
      )}
    </>
  )
}

function ExportForm({ asked, isFiltered, chosen }: ExportProps) {
  const canName = chosen.length > 0 && chosen.length <= mostNamed
  const [whom, setWhom] = useState(canName ? 'chosen' : 'list')
  const [format, setFormat] = useState('csv')
  const list = { value: 'list', label: isFiltered ? text.users.exportFiltered : text.users.exportAll }
  const some = { value: 'chosen', label: text.table.chosen(chosen.length) }
  const query = whom === 'chosen' && canName ? { ids: chosen.join(',') } : asked
  return (
    <div class="flex flex-col gap-4">
      <Select
        place="form"
        label={text.users.exportWhom}
        value={whom}
        options={canName ? [list, some] : [list]}
        onChange={setWhom}
      />
      {chosen.length > mostNamed && <p class="text-sm text-soft">{text.users.exportMost(mostNamed)}</p>}
      <Select
        place="form"
        label={text.users.exportAs}
        value={format}
        options={formats}
        onChange={setFormat}
      />
      <p class="text-sm text-soft">{text.users.exportMeans}</p>
      <div class="flex justify-end">
        <Download
          look="main"
          path="users/export/"
          query={{ ...query, as: format }}
          label={text.users.exportGo}
        />
      </div>
    </div>
  )
}
