import type { DjangoKeyConfig } from '../config/django/legacy-config.ts'
import { isoText } from '../times.ts'
import { type Finding, warning } from './finding.ts'

/** A key that other servers have too is a thing to be told of as long as it is set, and behind its end as well. */
export function examineDjangoKey(key: DjangoKeyConfig | undefined, now: number): Finding[] {
  return key ? [warning('django key', djangoKeyText(key, now))] : []
}

/** What the key is good for now, in words. */
export function djangoKeyText({ until, signs, algorithm }: DjangoKeyConfig, now: number): string {
  const end = isoText(until)
  if (now >= until) return `over since ${end}: remove COUNTERSIGN_DJANGO_SECRET and what belongs to it`
  const also = signs ? `, and access tokens are signed with it (${algorithm})` : ''
  return `until ${end} refresh tokens of Django are exchanged for sessions${also}`
}
