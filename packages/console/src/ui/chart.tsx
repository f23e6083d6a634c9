import { useId, useState } from 'preact/hooks'
import { text } from '../text/en.ts'

interface Point {
  /** no other point has it */
  id: string
  /** what the span is called in a sentence, such as `Sun, 14:00` */
  name: string
  /** what stands below the axis, such as `14:00` */
  tick: string
  count: number
}

interface ChartProps {
  title: string
  /** all of it, in words: `last 24 hours` */
  span: string
  points: readonly Point[]
  tone: keyof typeof fills
}

const fills = { plain: 'bg-bar', warn: 'bg-bar-warn', bad: 'bg-bar-bad' } as const
const number = new Intl.NumberFormat('en')
/** How many names stand below the axis. */
const tickCount = 4

/** The axis ends at a round number, and its half is one too. */
function topOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)))
  const tops = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power)
  return Math.max(4, tops.find((top) => top >= most && top % 2 === 0) ?? most)
}

/**
 * Counts over time as bars, with their sum. Under the pointer one span is told in its place; whoever hears the page hears
 * the sum and the peak, and every number is in the table of figures that stands below the charts.
 */
export function Chart({ title, span, points, tone }: ChartProps) {
  const [shown, setShown] = useState<number | undefined>()
  const titleId = useId()
  const sum = points.reduce((total, { count }) => total + count, 0)
  const point = shown === undefined ? undefined : points[shown]
  return (
    <figure class="flex h-full flex-col p-4" aria-labelledby={titleId}>
      <figcaption id={titleId} class="text-sm text-soft">
        {title}
      </figcaption>
      <p class="mt-0.5 flex items-baseline gap-2" aria-hidden="true">
        <span class="text-2xl font-semibold tabular-nums tracking-tight">
          {number.format(point?.count ?? sum)}
        </span>
        <span class="truncate text-xs text-soft">{point?.name ?? span}</span>
      </p>
      <div
        role="img"
        class="mt-4 flex flex-1 gap-2"
        aria-label={describe({ title, span, points, sum })}
        onPointerLeave={() => setShown(undefined)}
      >
        <Plot points={points} fill={fills[tone]} shown={shown} onShow={setShown} />
      </div>
    </figure>
  )
}

function describe({ title, span, points, sum }: Omit<ChartProps, 'tone'> & { sum: number }): string {
  const peak = points.reduce<Point | undefined>(
    (most, one) => (one.count > (most?.count ?? 0) ? one : most),
    undefined,
  )
  return peak
    ? text.chart.told({
        title,
        span,
        sum: number.format(sum),
        peak: number.format(peak.count),
        at: peak.name,
      })
    : text.chart.toldNone(title, span)
}

interface PlotProps {
  points: readonly Point[]
  fill: string
  shown: number | undefined
  onShow: (index: number) => void
}

function Plot({ points, fill, shown, onShow }: PlotProps) {
  const top = topOf(Math.max(...points.map(({ count }) => count), 0))
  const part = Math.ceil(points.length / tickCount)
  return (
    <>
      <div class="flex min-w-0 flex-1 flex-col">
        <div class="relative flex min-h-20 flex-1 border-b border-rim">
          <span class="absolute inset-x-0 top-0 border-t border-line" />
          <span class="absolute inset-x-0 top-1/2 border-t border-line" />
          {points.map(({ id, count }, index) => (
            <span
              key={id}
              class={`relative flex-1 ${shown === index ? 'bg-raised' : ''}`}
              onPointerEnter={() => onShow(index)}
            >
              <span
                class={`absolute inset-x-[10%] bottom-0 rounded-t-xs forced-color-adjust-none forced-colors:bg-[CanvasText] ${fill} ${shown === undefined || shown === index ? '' : 'opacity-45'}`}
                style={{ height: `${(count / top) * 100}%`, minHeight: count > 0 ? '2px' : 0 }}
              />
            </span>
          ))}
        </div>
        <div class="flex pt-1 text-[0.6875rem]/4 text-soft tabular-nums">
          {points.map(
            ({ id, tick }, index) =>
              index % part === 0 && (
                <span
                  key={id}
                  class="w-0 whitespace-nowrap"
                  style={{ flexGrow: Math.min(part, points.length - index) }}
                >
                  {tick}
                </span>
              ),
          )}
        </div>
      </div>
      <div class="-mt-2 mb-3 flex flex-col justify-between text-right text-[0.6875rem]/4 text-soft tabular-nums">
        <span>{number.format(top)}</span>
        <span>{number.format(top / 2)}</span>
        <span>0</span>
      </div>
    </>
  )
}
