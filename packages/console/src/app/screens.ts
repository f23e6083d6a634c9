import type { ComponentType } from 'preact'
import type { SignedIn } from '../api/answers.ts'
import type { text } from '../text/en.ts'
import type { IconName } from '../ui/icons.tsx'

/** A place of the console: where it is, what it is called, who may see it. */
export interface Screen {
  /** below `/admin` */
  path: string
  title: string
  icon: IconName
  permission: string
  show: ComponentType<{ session: SignedIn }>
}

export type ScreenName = keyof typeof text.screens
