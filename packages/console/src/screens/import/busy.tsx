import { useEffect, useState } from 'preact/hooks'
import { Card } from '../../app/shell.tsx'
import { text } from '../../text/en.ts'
import { Button } from '../../ui/button.tsx'

const duration = new Intl.NumberFormat('en', { style: 'unit', unit: 'second', unitDisplay: 'long' })

/** While the server works: for how long it has, and the way out. */
export function Busy({ isEarnest, onStop }: { isEarnest: boolean; onStop: () => void }) {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  const label = isEarnest ? text.import.importing : text.import.examining
  return (
    <Card>
      <div class="flex flex-col gap-3 p-4">
        <div class="flex flex-wrap items-center gap-3">
          <output class="font-medium">{label}</output>
          <span class="flex-1 text-sm text-soft tabular-nums">{seconds > 0 && duration.format(seconds)}</span>
          <Button onClick={onStop}>{text.import.stop}</Button>
        </div>
        <div class="h-1.5 rounded-full bg-sunken" aria-hidden="true">
          <div class="h-full w-1/3 motion-safe:animate-pulse rounded-full bg-accent" />
        </div>
        {isEarnest && <p class="text-sm text-soft">{text.import.keepOpen}</p>}
      </div>
    </Card>
  )
}
