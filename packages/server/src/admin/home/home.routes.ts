import type { AnyRoute } from '../../http/route.ts'
import type { Store } from '../../store/store.ts'
import { isoText } from '../../times.ts'
import type { KeyRing } from '../../tokens/key-ring.ts'
import { type AdminRouteDeps, adminRoutes } from '../admin-route.routes.ts'
import { Home } from '../schemas.routes.ts'
import { beginOfSeries, lastDayOf, seriesOf } from './series.ts'
import { type Circumstances, warningsOf } from './warnings.ts'

type HomeDeps = AdminRouteDeps & {
  store: AdminRouteDeps['store'] & Pick<Store, 'listEventCounts' | 'queryUsers' | 'health'>
  config: Circumstances['config']
  keyRing: KeyRing
  trail: { flush(): Promise<void> }
}

/** What the console shows first. */
export function homeRoutes(deps: HomeDeps): AnyRoute[] {
  const { store, clock, config, keyRing, trail } = deps
  return [
    adminRoutes(deps)({
      ...{ method: 'GET', path: '/api/admin/home/', name: 'Admin Home', permission: 'home.read' },
      summary: 'What happened in the last day and month, and what should be looked after',
      answers: { 200: Home },
      async act(request) {
        await trail.flush()
        const now = clock()
        const [counts, owners, health] = await Promise.all([
          store.listEventCounts(beginOfSeries(now)),
          store.queryUsers({
            by: 'created_at',
            direction: 'asc',
            limit: 2,
            only: { role: 'owner', isActive: true },
          }),
          store.health(),
        ])
        const warnings = warningsOf({
          ...{ now, config, owners: owners.rows.length },
          currentKey: keyRing.rows().find(({ state }) => state === 'current'),
          isForwarded: request.header('x-forwarded-for') !== undefined,
          reuses: lastDayOf(counts, 'auth.refresh.reuse_detected', now),
          failedMails: lastDayOf(counts, 'mail.failed', now),
          pendingMigrations: health.pendingMigrations,
        })
        return { body: { now: isoText(now), ...seriesOf(counts, now), warnings } }
      },
    }),
  ]
}
