import type { Config } from '../config/config.ts'
import type { Store } from '../store/store.ts'
import { type Finding, ok, warning } from './finding.ts'

interface OwnersDeps {
  store: Pick<Store, 'queryUsers'>
  config: Pick<Config, 'console'>
}

/** Whether somebody can sign in to the console and give roles to others; users who were imported have none. */
export async function examineOwners({ store, config }: OwnersDeps): Promise<Finding[]> {
  if (config.console === 'off') return []
  const only = { role: 'owner', isActive: true } as const
  const { rows } = await store.queryUsers({ by: 'created_at', direction: 'asc', limit: 2, only })
  const mend = 'countersign users role NAME owner, or countersign createsuperuser'
  if (rows.length === 0) return [warning('console', 'nobody is an owner', mend)]
  return [ok('console', rows.length === 1 ? 'has one owner' : 'has more than one owner')]
}
