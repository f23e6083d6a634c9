import type { Problem } from '../problem.ts'
import type { SettingValues } from '../settings.ts'

/** The settings of webhooks that may be missing. */
export type WebhookSetting = 'webhookUrls' | 'webhookSecrets'

/** What is wrong with the settings of webhooks together. */
export function unsigned({ webhookUrls = [], webhookSecrets, webhookPrivate }: SettingValues): Problem[] {
  const found: Problem[] = []
  if (webhookUrls.length > 0 && !webhookSecrets) {
    found.push({
      what: 'COUNTERSIGN_WEBHOOK_URLS is set, and COUNTERSIGN_WEBHOOK_SECRET is not.',
      remedy: 'Set it (or COUNTERSIGN_WEBHOOK_SECRET_FILE): echo "whsec_$(openssl rand -base64 32)"',
    })
  }
  if (webhookPrivate === 'refuse' && webhookUrls.some((url) => new URL(url).protocol === 'http:')) {
    found.push({
      what: 'COUNTERSIGN_WEBHOOK_URLS has an http address: events would cross the network in the clear.',
      remedy: 'Take https; http is for your own network alone: COUNTERSIGN_WEBHOOK_PRIVATE=allow.',
    })
  }
  return found
}
