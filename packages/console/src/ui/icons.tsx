/** Outlines on a grid of 20, each one path. */
const paths = {
  home: 'M3 9.5 10 4l7 5.5V16a1 1 0 0 1-1 1h-4v-5H8v5H4a1 1 0 0 1-1-1z',
  users:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.4-4.7 5.5-4.7s5.5 1.700 5.500 4.700M13 4a3 3 0 0 1 0 5.300M15 12.300c1.900.700 3 2.100 3 4.200',
  sessions: 'M3 4.500h9v7H3zM1.500 14h9M14 7.500h4v9h-4z',
  keys: 'M12.500 3.500a4 4 0 1 1-3.200 6.400L8 11.200v1.800H6v2H3v-3l5-5a4 4 0 0 1 4.500-3.500zM13.500 6.500h.01',
  audit: 'M5 2.500h10v15H5zM8 6.500h4M8 10h4M8 13.500h2.500',
  mail: 'M2.500 4.500h15v11h-15zM2.500 5.500 10 11l7.500-5.500',
  webhooks:
    'M10 3.500a3 3 0 0 1 2.400 4.800l2.100 3.700M7.200 7.300 5 11.200a3 3 0 1 0 2.900 4h4.600M14.600 11.500a3 3 0 1 1-1.900 5.200',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  system: 'M3 3.500h14v9H3zM7 17h6M10 12.500V17',
  import: 'M10 3v9M6.500 8.500 10 12l3.500-3.500M3 14v3h14v-3',
  tray: 'M3 11.5 5.5 4h9L17 11.5V16H3zM3 11.500h4a3 2.500 0 0 0 6 0h4',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.500 13.500 17 17',
  close: 'M5 5l10 10M15 5 5 15',
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  sun: 'M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1 1M14.700 14.700l1 1M4.300 15.700l1-1M14.700 5.300l1-1',
  moon: 'M16.500 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.500 8.500z',
  auto: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  up: 'M10 16V4M5 9l5-5 5 5',
  down: 'M10 4v12M5 11l5 5 5-5',
  next: 'M7.500 4.500 13 10l-5.500 5.500',
  check: 'M4 10.500 8 14.500 16 6',
  warning: 'M10 3 18 17H2zM10 8v4M10 14.500h.01',
  copy: 'M7 7h10v10H7zM4 13H3V3h10v1',
  keyboard:
    'M2.500 5.500h15v9h-15zM5.500 8.500h.01M8.500 8.500h.01M11.500 8.500h.01M14.500 8.500h.01M6.500 11.500h7',
  leave: 'M12 4H4v12h8M9 10h9M15 7l3 3-3 3',
} as const

export type IconName = keyof typeof paths

/** An icon beside a text, or inside something that has a name: it says nothing by itself. */
export function Icon({ name, className = 'size-5' }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      class={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      stroke-width={1.5}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
