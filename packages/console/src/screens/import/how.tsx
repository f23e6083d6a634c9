import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'
import { Check, Select, TextField } from '../../ui/fields.tsx'
import { formats } from './guess.ts'
import type { Chosen, Wishes } from './send-file.ts'

const size = new Intl.NumberFormat('en', { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 })

const checks = ['update', 'wrap', 'unclaimed', 'sessions'] as const

interface HowProps {
  chosen: Chosen
  wishes: Wishes
  isDisabled: boolean
  onWish: (change: Partial<Wishes>) => void
  onOther: () => void
  onExamine: () => void
}

/** The file that was chosen, and how it is to be imported. */
export function How({ chosen, wishes, isDisabled, onWish, onOther, onExamine }: HowProps) {
  return (
    <Card
      title={chosen.name}
      acts={
        <Button disabled={isDisabled} onClick={onOther}>
          {text.import.other}
        </Button>
      }
    >
      <form
        class="p-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isDisabled) onExamine()
        }}
      >
        <fieldset class="flex flex-col gap-4" disabled={isDisabled}>
          <legend class="sr-only">{text.import.how}</legend>
          <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Select
              label={text.import.format}
              value={wishes.format}
              options={formats.map((value) => ({ value, label: text.import.formats[value] }))}
              onChange={(value) => onWish({ format: formats.find((one) => one === value) ?? 'countersign' })}
            />
            <span class="text-sm text-soft">{size.format(Math.ceil(chosen.file.size / 1000))}</span>
          </div>
          {wishes.format === 'firebase' && (
            <TextField
              label={text.import.hashConfig}
              hint={text.import.hashConfigHint}
              value={wishes.hashConfig}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => onWish({ hashConfig: event.currentTarget.value })}
            />
          )}
          <Choices wishes={wishes} onWish={onWish} />
          <span>
            <Button look="main" type="submit" isBusy={isDisabled}>
              {text.import.examine}
            </Button>
          </span>
        </fieldset>
      </form>
    </Card>
  )
}

/** Sessions travel in our own format alone. */
function Choices({ wishes, onWish }: Pick<HowProps, 'wishes' | 'onWish'>) {
  const offered = checks.filter((name) => wishes.format === 'countersign' || name !== 'sessions')
  return (
    <div class="flex flex-col gap-2">
      {offered.map((name) => (
        <Check
          key={name}
          label={text.import[name]}
          isChecked={wishes[name]}
          onChange={(isChecked) => onWish({ [name]: isChecked })}
        />
      ))}
    </div>
  )
}
