import type { Audit } from '../../../audit/events.ts'
import type { DjangoKeyConfig } from '../../../config/django/legacy-config.ts'
import { isoText } from '../../../times.ts'

/** Says at each start that Django's key is honoured, and until when: nobody is to forget it. */
export function tellDjangoKey(key: DjangoKeyConfig | undefined, log: Audit, now: number): void {
  if (key) log.record('server.django_key', { reason: djangoKeyText(key, now) })
}

/** What the key is good for now, in words. */
export function djangoKeyText({ until, signs, algorithm }: DjangoKeyConfig, now: number): string {
  const end = isoText(until)
  if (now >= until) return `over since ${end}: remove COUNTERSIGN_DJANGO_SECRET and what belongs to it`
  const also = signs ? `, and access tokens are signed with it (${algorithm})` : ''
  return `until ${end} refresh tokens of Django are exchanged for sessions${also}`
}
