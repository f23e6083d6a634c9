import { useId, useState } from 'preact/hooks'

export interface Point {
  /** start of the span, ISO 8601 */
  at: string
  count: number
}

interface ChartProps {
  title: string
  points: readonly Point[]
  /** how a span is called, such as `22 Nov, 14:00` */
  name: (at: string) => string
  tone: 'accent' | 'bad' | 'warn'
}

const fills = { accent: 'fill-accent', bad: 'fill-bad', warn: 'fill-warn' } as const
const width = 240
const height = 48

/** Counts over time as bars, with their sum; one span at a time can be read by pointer, and all of them as a table. */
export function Chart({ title, points, name, tone }: ChartProps) {
  const [shown, setShown] = useState<number | undefined>()
  const titleId = useId()
  const most = Math.max(1, ...points.map(({ count }) => count))
  const step = width / Math.max(1, points.length)
  const sum = points.reduce((total, { count }) => total + count, 0)
  const point = shown === undefined ? undefined : points[shown]
  return (
    <figure class="flex flex-col gap-2 p-4" aria-labelledby={titleId}>
      <figcaption class="flex items-baseline justify-between gap-2">
        <span id={titleId} class="text-sm text-soft">
          {title}
        </span>
        <span class="truncate text-xs text-soft">{point ? name(point.at) : ''}</span>
      </figcaption>
      <p class="text-2xl font-semibold tabular-nums tracking-tight">
        {(point?.count ?? sum).toLocaleString('en')}
      </p>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        class="h-12 w-full"
        aria-hidden="true"
        onPointerLeave={() => setShown(undefined)}
      >
        <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} class="stroke-line" />
        {points.map(({ at, count }, index) => {
          const tall = count === 0 ? 0 : Math.max(2, (count / most) * (height - 4))
          return (
            <g key={at} onPointerEnter={() => setShown(index)}>
              <rect x={index * step} y={0} width={step} height={height} class="fill-transparent" />
              <rect
                x={index * step + step * 0.12}
                y={height - tall}
                width={step * 0.76}
                height={tall}
                class={`${fills[tone]} ${shown === undefined || shown === index ? '' : 'opacity-40'}`}
              />
            </g>
          )
        })}
      </svg>
      <table class="sr-only">
        <caption>{title}</caption>
        <tbody>
          {points
            .filter(({ count }) => count > 0)
            .map(({ at, count }) => (
              <tr key={at}>
                <th scope="row">{name(at)}</th>
                <td>{count}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  )
}
