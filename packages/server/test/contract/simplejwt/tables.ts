import { guarded } from '../guarded.table.ts'
import { login } from '../login.table.ts'
import { logout } from '../logout.table.ts'
import { paths } from '../paths.table.ts'
import { reasons } from '../reasons.ts'
import { refresh } from '../refresh.table.ts'
import { registerBodies } from '../register-bodies.table.ts'
import { registerFields } from '../register-fields.table.ts'
import { registerNames } from '../register-names.table.ts'
import { registerSecrets } from '../register-secrets.table.ts'
import type { ScenarioTable } from '../scenario.ts'
import { asSimplejwt, type Changes, refreshPair } from './as-simplejwt.ts'
import { blacklist, verify } from './endpoints.table.ts'

const blacklisted = '{"detail":"Token is blacklisted","code":"token_not_valid"}'
const ended = { status: 401, body: blacklisted } as const

const afterLogout = {
  status: 401,
  body: '{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is blacklisted"}]}',
  deviation: reasons.deadAccess,
}

const refreshes: Changes = {
  'same token again (rotated away)': { status: 200, body: refreshPair, deviation: reasons.grace },
  'same token again, 11 seconds later': ended,
  'well signed, jti never issued': { ...ended, deviation: reasons.onlyIssued },
  'token ended by blacklist': ended,
  'token ended by logout': { ...ended, deviation: reasons.simplejwtWords },
  'user made inactive after login': { ...ended, deviation: reasons.activeUser },
  'user deleted after login': { ...ended, deviation: reasons.activeUser },
}

/**
 * What a server with simplejwt 5.2 was asked, asked of ours with `COUNTERSIGN_SIMPLEJWT=5.2`: each answer is the recorded
 * one to the byte, or says why not.
 */
export const simplejwtTables: readonly ScenarioTable[] = [
  ...[registerFields, registerBodies, registerNames, registerSecrets].map((table) => asSimplejwt(table)),
  asSimplejwt(login('/api/login/')),
  asSimplejwt(login('/api/token/')),
  asSimplejwt(guarded('/api/dashboard/'), {
    'access token after blacklist of its refresh': afterLogout,
    'access token after logout of its refresh': { ...afterLogout, django: '200' },
  }),
  asSimplejwt(refresh, refreshes),
  asSimplejwt(logout),
  verify,
  blacklist,
  asSimplejwt(paths),
]
