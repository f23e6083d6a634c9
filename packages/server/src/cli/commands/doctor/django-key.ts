import type { DjangoKeyConfig } from '../../../config/django/legacy-config.ts'
import { djangoKeyText } from '../serve/django-key.ts'
import { type Finding, finding } from './finding.ts'

/** A key that other servers have too is a thing to be told of as long as it is set, and behind its end as well. */
export function examineDjangoKey(key: DjangoKeyConfig | undefined, now: number): Finding[] {
  return key ? [finding('django key', 'warn', djangoKeyText(key, now))] : []
}
