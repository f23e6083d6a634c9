import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Link, useLocation } from 'wouter-preact'
import type { SignedIn } from '../api/answers.ts'
import icon from '../favicon.svg'
import { text } from '../text/en.ts'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icons.tsx'
import type { Screen } from './screens.ts'
import { can } from './session.ts'
import { useTheme } from './theme.ts'

interface ShellProps {
  session: SignedIn
  screens: readonly Screen[]
  onSignOut: () => void
  children: ComponentChildren
}

/** The frame around every screen: where one is, where one can go, who one is. */
export function Shell({ session, screens, onSignOut, children }: ShellProps) {
  const [isOpen, setOpen] = useState(false)
  const [path] = useLocation()
  useEffect(() => setOpen(false), [path])
  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[15rem_1fr]">
      <a
        href="#content"
        class="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-paper focus:p-2"
      >
        {text.skip}
      </a>
      <header class="sticky top-0 z-10 border-b border-line bg-raised lg:h-dvh lg:border-r lg:border-b-0">
        <div class="flex h-full flex-col">
          <div class="flex items-center gap-2 px-4 py-2.5 lg:py-4">
            <img src={icon} alt="" class="size-6" />
            <span class="flex-1 font-semibold tracking-tight">{text.product}</span>
            <span class="lg:hidden">
              <IconButton
                icon={isOpen ? 'close' : 'menu'}
                label={text.acts.menu}
                aria-expanded={isOpen}
                aria-controls="places"
                onClick={() => setOpen(!isOpen)}
              />
            </span>
          </div>
          <div id="places" class={`${isOpen ? 'flex' : 'hidden'} min-h-0 flex-1 flex-col lg:flex`}>
            <nav class="min-h-0 flex-1 overflow-y-auto px-2" aria-label={text.console}>
              <ul class="flex flex-col gap-0.5 pb-2">
                {screens
                  .filter(({ permission }) => can(session, permission))
                  .map((screen) => (
                    <Place key={screen.path} screen={screen} isHere={isWithin(path, screen.path)} />
                  ))}
              </ul>
            </nav>
            <Self session={session} onSignOut={onSignOut} />
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} class="min-w-0 outline-none">
        {children}
      </main>
    </div>
  )
}

function Place({ screen: { path, title, icon }, isHere }: { screen: Screen; isHere: boolean }) {
  return (
    <li>
      <Link
        href={path}
        class={`flex items-center gap-3 rounded-md px-3 py-2 text-sm no-underline ${isHere ? 'bg-tint font-semibold text-accent' : 'text-ink hover:bg-sunken'}`}
        aria-current={isHere ? 'page' : undefined}
      >
        <Icon name={icon} />
        {title}
      </Link>
    </li>
  )
}

function Self({ session, onSignOut }: { session: SignedIn; onSignOut: () => void }) {
  const [theme, nextTheme] = useTheme()
  const icons = { system: 'auto', light: 'sun', dark: 'moon' } as const
  return (
    <div class="flex items-center gap-1 border-t border-line py-2 pr-2 pl-4">
      <p class="min-w-0 flex-1 text-sm">
        <span class="block truncate font-medium">{session.user.username}</span>
        <span class="block truncate text-xs text-soft">{session.user.role}</span>
      </p>
      <IconButton icon={icons[theme]} label={text.theme[theme]} onClick={nextTheme} />
      <IconButton icon="leave" label={text.acts.signOut} onClick={onSignOut} />
    </div>
  )
}

/** Whether a path is a place or one inside it. */
function isWithin(path: string, place: string): boolean {
  return place === '/' ? path === '/' : path === place || path.startsWith(`${place}/`)
}

/** A screen's name, what it is about, and what can be done there. */
export function Page({ title, lead, acts, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title])
  return (
    <div class="mx-auto flex max-w-7xl flex-col gap-4 px-4 py-5 sm:px-6 lg:py-7">
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div class="min-w-0 flex-1">
          <h1 class="text-2xl font-semibold tracking-tight">{title}</h1>
          {lead && <p class="text-sm text-soft">{lead}</p>}
        </div>
        {acts && <div class="flex flex-wrap gap-2">{acts}</div>}
      </div>
      {children}
    </div>
  )
}

interface PageProps {
  title: string
  lead?: ComponentChildren
  acts?: ComponentChildren
  children: ComponentChildren
}

/** A part of a screen, with its own title where it needs one. */
export function Card({
  title,
  acts,
  children,
}: {
  title?: string
  acts?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <section class="overflow-hidden rounded-xl border border-line bg-paper">
      {title && (
        <div class="flex min-h-12 items-center gap-2 border-b border-line px-4 py-1.5">
          <h2 class="flex-1 font-semibold">{title}</h2>
          {acts}
        </div>
      )}
      {children}
    </section>
  )
}
