import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Link, useLocation } from 'wouter-preact'
import type { SignedIn } from '../api/answers.ts'
import icon from '../favicon.svg'
import { text } from '../text/en.ts'
import { IconButton } from '../ui/button.tsx'
import { Modal } from '../ui/dialog.tsx'
import { Icon } from '../ui/icons.tsx'
import { showKeys } from './keys.tsx'
import type { Screen } from './screens.ts'
import { can } from './session.ts'
import { useTheme } from './theme.ts'

interface ShellProps {
  session: SignedIn
  screens: readonly Screen[]
  /** somebody has just come in, so nothing on the page has the focus */
  isNew: boolean
  onSignOut: () => void
  children: ComponentChildren
}

/** The frame around every screen: where one is, where one can go, who one is. */
export function Shell({ session, screens, isNew, onSignOut, children }: ShellProps) {
  useArrival(isNew)
  const visible = screens.filter(({ permission }) => can(session, permission))
  const theme = useTheme()
  const menu = (onGo?: () => void) => (
    <Menu session={session} screens={visible} theme={theme} onSignOut={onSignOut} onGo={onGo} />
  )
  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        class="sr-only rounded-lg focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-paper focus:px-4 focus:py-2 focus:shadow-lg"
      >
        {text.skip}
      </a>
      <TopBar menu={menu} />
      <header class="sticky top-0 hidden h-dvh flex-col border-r border-line lg:flex">
        <div class="px-5 pt-5 pb-4">
          <Mark />
        </div>
        {menu()}
      </header>
      <main id="content" tabIndex={-1} class="min-w-0 outline-none">
        {children}
      </main>
    </div>
  )
}

/** Whoever goes to another screen, or comes in, finds the focus at its title, as with a page that was loaded anew. */
function useArrival(isNew: boolean): void {
  const [path] = useLocation()
  const from = useRef(isNew ? undefined : path)
  useEffect(() => {
    if (from.current !== path) document.querySelector('h1')?.focus()
    from.current = path
  }, [path])
}

/** Whose console it is, and of which server. */
export function Mark() {
  return (
    <span class="flex items-center gap-2.5">
      <img src={icon} alt="" class="size-8" />
      <span class="min-w-0">
        <span class="block text-[0.9375rem]/5 font-semibold tracking-tight">{text.product}</span>
        <span class="block truncate text-xs/4 text-soft">{location.host}</span>
      </span>
    </span>
  )
}

/** Where there is no room for the menu beside the screen, it comes in from the side. */
function TopBar({ menu }: { menu: (onGo: () => void) => ComponentChildren }) {
  const [isOpen, setOpen] = useState(false)
  // Closed with the click, the dialog gives the focus back before the new screen takes it.
  const close = () => setOpen(false)
  return (
    <header class="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-canvas py-2 pr-2 pl-4 lg:hidden">
      <span class="min-w-0 flex-1">
        <Mark />
      </span>
      <IconButton icon="menu" label={text.acts.menu} aria-haspopup="dialog" onClick={() => setOpen(true)} />
      {isOpen && (
        <Modal title={text.acts.menu} place="start" onClose={close}>
          <div class="-mx-5 -my-3 flex min-h-full flex-col">{menu(close)}</div>
        </Modal>
      )}
    </header>
  )
}

interface SelfProps {
  session: SignedIn
  theme: ReturnType<typeof useTheme>
  onSignOut: () => void
}

interface MenuProps extends SelfProps {
  screens: readonly Screen[]
  onGo: (() => void) | undefined
}

function Menu({ screens, onGo, ...self }: MenuProps) {
  const [path] = useLocation()
  return (
    <>
      <nav class="min-h-0 flex-1 overflow-y-auto px-3" aria-label={text.console}>
        <ul class="flex flex-col gap-0.5 py-1">
          {screens.map((screen) => (
            <Place key={screen.path} screen={screen} isHere={isWithin(path, screen.path)} onGo={onGo} />
          ))}
        </ul>
      </nav>
      <Self {...self} />
    </>
  )
}

interface PlaceProps {
  screen: Screen
  isHere: boolean
  onGo: (() => void) | undefined
}

function Place({ screen: { path, title, icon }, isHere, onGo }: PlaceProps) {
  return (
    <li>
      <Link
        href={path}
        {...(onGo && { onClick: onGo })}
        class={`flex min-h-9 items-center gap-3 rounded-lg border border-transparent px-3 py-1.5 text-sm ${isHere ? 'bg-tint font-semibold text-accent' : 'text-ink hover:bg-sunken forced-colors:border-[Canvas]'}`}
        aria-current={isHere ? 'page' : undefined}
      >
        <Icon name={icon} className={`size-4.5 ${isHere ? '' : 'text-soft'}`} />
        {title}
      </Link>
    </li>
  )
}

function Self({ session, theme: [theme, nextTheme], onSignOut }: SelfProps) {
  const icons = { system: 'auto', light: 'sun', dark: 'moon' } as const
  return (
    <div class="flex items-center gap-0.5 border-t border-line py-3 pr-3 pl-6">
      <p class="min-w-0 flex-1 text-sm/5" title={session.user.username}>
        <span class="block truncate font-medium">{session.user.username}</span>
        <span class="block truncate text-xs text-soft">{text.roles[session.user.role]}</span>
      </p>
      <span class="max-lg:hidden">
        <IconButton icon="keyboard" label={text.keyboard.title} aria-keyshortcuts="?" onClick={showKeys} />
      </span>
      <IconButton icon={icons[theme]} label={text.theme[theme]} onClick={nextTheme} />
      <IconButton icon="leave" label={text.acts.signOut} onClick={onSignOut} />
    </div>
  )
}

/** Whether a path is a place or one inside it. */
function isWithin(path: string, place: string): boolean {
  return place === '/' ? path === '/' : path === place || path.startsWith(`${place}/`)
}

interface PageProps {
  title: string
  lead?: ComponentChildren
  acts?: ComponentChildren
  children: ComponentChildren
}

/** A screen's name, what it is about, and what can be done there. */
export function Page({ title, lead, acts, children }: PageProps) {
  useTitle(title)
  return (
    <div class="mx-auto flex max-w-7xl flex-col gap-4 px-4 pt-5 pb-10 sm:px-6 lg:px-8 lg:pt-7">
      <div class="flex flex-wrap items-center gap-x-4 gap-y-3">
        <div class="min-w-0 flex-1 basis-44">
          <h1 tabIndex={-1} class="text-2xl/9 font-semibold tracking-tight outline-none">
            {title}
          </h1>
          {lead && <p class="text-sm text-soft">{lead}</p>}
        </div>
        {acts && <div class="flex flex-wrap items-center gap-2">{acts}</div>}
      </div>
      {children}
    </div>
  )
}

/** What the browser calls the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${text.product}`
  }, [title])
}

interface CardProps {
  title?: string
  acts?: ComponentChildren
  children: ComponentChildren
}

/** A part of a screen, with its own title where it needs one. */
export function Card({ title, acts, children }: CardProps) {
  return (
    <section class="overflow-clip rounded-xl border border-line bg-paper shadow-cast">
      {title && (
        <div class="flex min-h-12 items-center gap-2 border-b border-line px-4 py-1.5">
          <h2 class="flex-1 text-[0.9375rem] font-semibold">{title}</h2>
          {acts}
        </div>
      )}
      {children}
    </section>
  )
}
