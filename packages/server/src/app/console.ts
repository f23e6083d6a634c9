import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { consoleRoutes } from '../admin/console.routes.ts'
import { descriptionRoute } from '../admin/description.routes.ts'
import { firstRoutes } from '../admin/entry/first.routes.ts'
import { createPasses } from '../admin/entry/pass.ts'
import { sessionRoutes } from '../admin/entry/session.routes.ts'
import { homeRoutes } from '../admin/home/home.routes.ts'
import { importsRoutes } from '../admin/imports/imports.routes.ts'
import { keysRoutes } from '../admin/keys/keys.routes.ts'
import { mailRoutes } from '../admin/mail/mail.routes.ts'
import { sessionsRoutes } from '../admin/sessions/sessions.routes.ts'
import { settingsRoutes } from '../admin/settings/settings.routes.ts'
import { systemRoutes } from '../admin/system/system.routes.ts'
import { trailRoutes } from '../admin/trail/trail.routes.ts'
import { usersRoutes } from '../admin/users/users.routes.ts'
import { webhooksRoutes } from '../admin/webhooks/webhooks.routes.ts'
import type { AnyRoute } from '../http/route.ts'
import { receiversOf } from '../webhooks/receivers.ts'
import type { Deployment } from './deployment.ts'
import { databaseFactsOf, examinerOf } from './examine.ts'
import { testMailer } from './mail.ts'
import { webhookOptions } from './rooms.ts'

interface Around {
  isDraining: () => boolean
  /** the description of all that the server answers to */
  describe: () => Promise<object>
  /** where it is, if that is not the public listener */
  at?: {
    /** as browsers write it */
    origin: string
    trustProxy: false
  }
}

/** The table of routes of the admin console and its API. */
export function consoleTable(deployment: Deployment, { isDraining, describe, at }: Around): AnyRoute[] {
  const { config, clock, letters } = deployment
  const { keys, privateAddresses, events: wantedEvents } = webhookOptions(config)
  const deps = {
    ...deployment,
    publicOrigin: at?.origin ?? deployment.publicOrigin,
    trustProxy: at?.trustProxy ?? config.trustProxy,
    passes: createPasses(config.secrets),
    clockName: config.database.kind === 'sqlite' ? 'this machine’s clock' : 'the database’s clock',
    sendTestMail: testMailer(config, { letters, clock }),
    receivers: receiversOf({ urls: config.webhookUrls ?? [], keys, privateAddresses, clock }),
    wantedEvents,
    checks: () => deployment.readiness(isDraining),
    temporaryFolder: tmpdir(),
    databaseFacts: () => databaseFactsOf(config, deployment.store),
    examine: examinerOf(deployment),
    running: process,
  }
  return [
    ...firstRoutes(deps), //    POST /api/admin/first/
    ...sessionRoutes(deps), //  GET POST DELETE /api/admin/session/, POST /api/admin/session/proof/
    ...homeRoutes(deps), //     GET  /api/admin/home/
    ...usersRoutes(deps), //    GET  /api/admin/users/…, and what is done to one and to many
    ...importsRoutes(deps), //  POST /api/admin/imports/
    ...sessionsRoutes(deps), // GET  /api/admin/sessions/, DELETE /api/admin/sessions/{id}/
    ...keysRoutes(deps), //     GET  /api/admin/keys/, POST …/rotate/ …/{kid}/revoke/
    ...trailRoutes(deps), //    GET  /api/admin/audit/… , POST /api/admin/audit/verify/
    ...mailRoutes(deps), //     GET  /api/admin/mail/…, POST …/test/ …/{id}/retry/
    ...webhooksRoutes(deps), // GET  /api/admin/webhooks/, POST …/test/ …/replay/
    ...settingsRoutes(deps), // GET  /api/admin/settings/
    ...systemRoutes(deps), //   GET  /api/admin/system/ …/doctor/
    descriptionRoute(describe), // GET /api/admin/openapi.json
    ...consoleRoutes(consoleFolder()), // GET /admin/ /admin/assets/{file}
  ]
}

/** Where the build of the console is: beside the program, as it is packed, or in its own package. */
function consoleFolder(): string {
  const packed = join(import.meta.dirname, '../console')
  return existsSync(packed) ? packed : join(import.meta.dirname, '../../../console/dist')
}
