import { choice } from '../parsers.ts'
import { setting } from '../setting.ts'
import { endpoints, eventPatterns, webhookSecrets } from './webhook-parsers.ts'

/** Where events are told to, and how. */
export const webhookSettings = {
  webhookUrls: setting({
    env: 'COUNTERSIGN_WEBHOOK_URLS',
    parse: endpoints,
    secret: true,
    doc: 'Addresses that events of the audit trail are posted to, separated by commas. Not set: none.',
  }),
  webhookSecrets: setting({
    env: 'COUNTERSIGN_WEBHOOK_SECRET',
    parse: webhookSecrets,
    secret: true,
    doc: 'What signs them: `whsec_` and 24 to 64 random bytes in base64. `new,old` signs with both while one replaces the other.',
  }),
  webhookEvents: setting({
    env: 'COUNTERSIGN_WEBHOOK_EVENTS',
    parse: eventPatterns,
    default: '*',
    doc: 'Which events are posted: names, or `auth.login.*`, separated by commas. `*` is all that the trail keeps.',
  }),
  webhookPrivate: setting({
    env: 'COUNTERSIGN_WEBHOOK_PRIVATE',
    parse: choice('refuse', 'allow'),
    default: 'refuse',
    doc: '`allow` also posts to addresses that are not public (loopback, link-local, private), and to http.',
  }),
} as const
