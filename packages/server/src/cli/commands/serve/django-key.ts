import type { Audit } from '../../../audit/events.ts'
import type { DjangoKeyConfig } from '../../../config/django/legacy-config.ts'
import { djangoKeyText } from '../../../doctor/django-key.ts'

/** Says at each start that Django's key is honoured, and until when: nobody is to forget it. */
export function tellDjangoKey(key: DjangoKeyConfig | undefined, log: Audit, now: number): void {
  if (key) log.record('server.django_key', { reason: djangoKeyText(key, now) })
}
