import { accountSettings } from './accounts/account-settings.ts'
import { database } from './database/database-address.ts'
import { djRestAuthSettings } from './django/dj-rest-auth-settings.ts'
import { legacySettings } from './django/legacy-settings.ts'
import { simplejwtSettings } from './django/simplejwt-settings.ts'
import { mailSettings } from './mail/mail-settings.ts'
import {
  address,
  anyText,
  choice,
  duration,
  factor,
  integer,
  origins,
  processes,
  proxies,
  secrets,
  sharedSecrets,
} from './parsers.ts'
import { type Setting, setting } from './setting.ts'
import { tracingSettings } from './tracing/tracing-settings.ts'
import { webhookSettings } from './webhooks/webhook-settings.ts'

/** Every setting there is. */
export const settings = {
  port: setting({
    env: 'PORT',
    flag: 'port',
    parse: integer(0, 65_535),
    default: '8000',
    doc: 'TCP port of the public listener; 0 takes any free one.',
  }),
  host: setting({
    env: 'HOST',
    flag: 'host',
    parse: anyText,
    default: '127.0.0.1',
    doc: 'Address to listen on. `0.0.0.0` or `::` opens it to the network.',
  }),
  workers: setting({
    env: 'COUNTERSIGN_WORKERS',
    flag: 'workers',
    parse: processes(64),
    default: '1',
    doc: 'Processes that share the port under `countersign start`; `countersign dev` always runs one.',
  }),
  shutdownDelaySeconds: setting({
    env: 'COUNTERSIGN_SHUTDOWN_DELAY',
    parse: duration(0, 60),
    default: '0',
    doc: 'How long a server that is told to stop still serves while `/readyz` says 503, so that whoever sends it requests can notice. In Kubernetes `5s`.',
  }),
  managementPort: setting({
    env: 'COUNTERSIGN_MANAGEMENT_PORT',
    parse: integer(0, 65_535),
    doc: 'TCP port of a second listener, for operators: `/metrics`, `/livez`, `/readyz`. 0 takes any free one. Not set: there is none, and nothing is measured.',
  }),
  managementHost: setting({
    env: 'COUNTERSIGN_MANAGEMENT_HOST',
    parse: anyText,
    default: '127.0.0.1',
    doc: 'Address of the management port. It asks for no password: open it only to a network that you trust.',
  }),
  console: setting({
    env: 'COUNTERSIGN_CONSOLE',
    parse: choice('public', 'management', 'off'),
    default: 'public',
    doc: 'Where the admin console and its API are: on the public port under `/admin/` and `/api/admin/`, on the management port alone, or nowhere.',
  }),
  data: setting({
    env: 'COUNTERSIGN_DATA',
    flag: 'data',
    parse: anyText,
    default: './countersign-data',
    doc: 'Folder of the embedded database and, in development, of the generated secret. Created with mode 0700.',
  }),
  database: setting({
    env: 'DATABASE_URL',
    parse: database,
    secret: true,
    doc: 'Where the data lies: `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Parameters of the latter: `sslmode` (`verify-full`, `verify-ca`, `require`, `disable`; needed unless the server is on this machine), `sslrootcert`, `sslcert`, `sslkey` (PEM files), `host` (folder of a socket). Default: `countersign.db` in the data folder.',
  }),
  databasePassword: setting({
    env: 'DATABASE_PASSWORD',
    parse: anyText,
    secret: true,
    doc: 'Password for PostgreSQL, where it is kept apart from `DATABASE_URL`; it wins over one in there.',
  }),
  databasePool: setting({
    env: 'COUNTERSIGN_DB_POOL',
    parse: integer(1, 1_000),
    default: '10',
    doc: 'Connections to PostgreSQL of each process at the most, made when they are needed. All processes together must stay below its `max_connections`.',
  }),
  databaseConnectTimeoutSeconds: setting({
    env: 'COUNTERSIGN_DB_CONNECT_TIMEOUT',
    parse: duration(1, 60),
    default: '3s',
    doc: 'How long a request waits for a connection to PostgreSQL before it is answered 503.',
  }),
  databaseStatementTimeoutSeconds: setting({
    env: 'COUNTERSIGN_DB_STATEMENT_TIMEOUT',
    parse: duration(1, 60),
    default: '3s',
    doc: 'How long PostgreSQL may work on one statement before it is given up and answered 503. With the wait for a connection it had better stay below `COUNTERSIGN_REFRESH_GRACE`: a client whose answer was lost then comes back in time.',
  }),
  issuer: setting({
    env: 'COUNTERSIGN_ISSUER',
    parse: address,
    doc: 'Public address of this deployment, the `iss` of every token. Production needs it, with https unless it is a loopback address. Default in development: the address it listens on.',
  }),
  audience: setting({
    env: 'COUNTERSIGN_AUDIENCE',
    parse: anyText,
    doc: 'The `aud` of access tokens. Default: the issuer.',
  }),
  clientId: setting({
    env: 'COUNTERSIGN_CLIENT_ID',
    parse: anyText,
    default: 'countersign',
    doc: 'The `client_id` of access tokens (RFC 9068).',
  }),
  secrets: setting({
    env: 'COUNTERSIGN_SECRET',
    parse: secrets,
    secret: true,
    doc: 'Master secret, 32 characters or more: seals signing keys and makes refresh tokens. `new,old` replaces one without ending a session. Production needs it; development makes one in the data folder.',
  }),
  accessTtlSeconds: setting({
    env: 'COUNTERSIGN_ACCESS_TTL',
    parse: duration(10, 86_400),
    default: '15m',
    doc: 'Lifetime of an access token.',
  }),
  refreshTtlSeconds: setting({
    env: 'COUNTERSIGN_REFRESH_TTL',
    parse: duration(60, 31_536_000),
    default: '7d',
    doc: 'Lifetime of a refresh token. Each rotation starts it anew, up to the end of the session.',
  }),
  sessionTtlSeconds: setting({
    env: 'COUNTERSIGN_SESSION_TTL',
    parse: duration(60, 315_360_000),
    default: '90d',
    doc: 'Hard end of a session, however often it is refreshed.',
  }),
  graceSeconds: setting({
    env: 'COUNTERSIGN_REFRESH_GRACE',
    parse: duration(0, 60),
    default: '10s',
    doc: 'How long a refresh token that was just spent still gets the same successor (two tabs, a lost answer).',
  }),
  refreshReplay: setting({
    env: 'COUNTERSIGN_REFRESH_REPLAY',
    parse: choice('grace', 'until_used'),
    default: 'grace',
    doc: '`until_used` accepts the last spent token however late, as long as its successor was never shown. Cost: whoever stole that token can use it for as long.',
  }),
  maxSessionsPerUser: setting({
    env: 'COUNTERSIGN_MAX_SESSIONS',
    parse: integer(1, 10_000),
    default: '100',
    doc: 'Live sessions per user; the oldest ends when there is one more.',
  }),
  algorithm: setting({
    env: 'COUNTERSIGN_SIGNING_ALG',
    parse: choice('ES256', 'RS256', 'EdDSA'),
    default: 'ES256',
    doc: 'Algorithm of new signing keys. A change takes over by rotation: old tokens stay good.',
  }),
  tokenType: setting({
    env: 'COUNTERSIGN_TOKEN_TYP',
    parse: choice('at+jwt', 'JWT'),
    default: 'at+jwt',
    doc: 'The `typ` of access tokens; `JWT` for verifiers that know no other.',
  }),
  keyRotationSeconds: setting({
    env: 'COUNTERSIGN_KEY_ROTATION',
    parse: duration(0, 315_360_000),
    default: '90d',
    doc: 'How long a key signs before the next takes over; 0 leaves it to `countersign keys rotate`.',
  }),
  email: setting({
    env: 'COUNTERSIGN_EMAIL',
    parse: choice('required', 'optional'),
    default: 'required',
    doc: 'Whether registration asks for an e-mail address. One that is given is unique either way.',
  }),
  minPasswordLength: setting({
    env: 'COUNTERSIGN_PASSWORD_MIN_LENGTH',
    parse: integer(8, 128),
    default: '8',
    doc: 'Least number of characters of a new password.',
  }),
  commonPasswords: setting({
    env: 'COUNTERSIGN_PASSWORD_COMMON',
    parse: choice('enforce', 'warn', 'off'),
    default: 'warn',
    productionDefault: 'enforce',
    doc: 'What the list of common passwords does at registration.',
  }),
  argon2MemoryKib: setting({
    env: 'COUNTERSIGN_ARGON2_MEMORY_KIB',
    parse: integer(7_168, 1_048_576),
    default: '19456',
    doc: 'Memory of one argon2id hash in KiB. `countersign doctor` measures what it costs here.',
  }),
  argon2Time: setting({
    env: 'COUNTERSIGN_ARGON2_TIME',
    parse: integer(1, 20),
    default: '2',
    doc: 'Passes of one argon2id hash.',
  }),
  devisePepper: setting({
    env: 'COUNTERSIGN_DEVISE_PEPPER',
    parse: anyText,
    secret: true,
    doc: "Devise's `config.pepper`, for hashes that were imported as `devise$…`. Not set: nobody can log in with one of those. New hashes have no pepper.",
  }),
  hashParallel: setting({
    env: 'COUNTERSIGN_HASH_PARALLEL',
    parse: integer(1, 256),
    doc: 'Passwords hashed at once, in each process. Default: the number of processors, shared out among the workers.',
  }),
  hashQueue: setting({
    env: 'COUNTERSIGN_HASH_QUEUE',
    parse: integer(0, 100_000),
    default: '256',
    doc: 'Logins that may wait for a processor; more are answered 503 at once.',
  }),
  hashDeadlineSeconds: setting({
    env: 'COUNTERSIGN_HASH_DEADLINE',
    parse: duration(1, 30),
    default: '5s',
    doc: 'How long a login waits for a processor before it is answered 503.',
  }),
  trustProxy: setting({
    env: 'COUNTERSIGN_TRUST_PROXY',
    parse: proxies,
    default: 'off',
    doc: 'Proxies whose `X-Forwarded-For` is believed: `off`, how many stand in front, or their addresses.',
  }),
  limits: setting({
    env: 'COUNTERSIGN_LIMITS',
    parse: factor(0.1, 1_000_000),
    default: '1',
    doc: 'Throttling of logins, registrations, mails and refused refreshes: `2` lets twice as much through, `off` everything.',
  }),
  limitsMaxDelaySeconds: setting({
    env: 'COUNTERSIGN_LIMITS_MAX_DELAY',
    parse: duration(1, 3_600),
    default: '15m',
    doc: 'How long the delay after failures in a row may grow.',
  }),
  corsOrigins: setting({
    env: 'COUNTERSIGN_CORS_ORIGINS',
    parse: origins,
    default: '',
    doc: 'Origins whose pages may call the API from a browser, exact, separated by commas. Empty: none.',
  }),
  auditRetentionSeconds: setting({
    env: 'COUNTERSIGN_AUDIT_RETENTION',
    parse: duration(0, 315_360_000),
    default: '400d',
    doc: 'How far back the audit trail goes; older events are deleted. 0 keeps all.',
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    parse: choice('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    doc: '`debug` adds a line for every request.',
  }),
  logFormat: setting({
    env: 'LOG_FORMAT',
    parse: choice('json', 'pretty', 'auto'),
    default: 'auto',
    doc: '`auto` is pretty on a terminal and one JSON object a line elsewhere.',
  }),
  ...accountSettings,
  ...simplejwtSettings,
  ...djRestAuthSettings,
  ...legacySettings,
  ...mailSettings,
  introspectionSecrets: setting({
    env: 'COUNTERSIGN_INTROSPECTION_SECRET',
    parse: sharedSecrets,
    secret: true,
    default: 'none',
    doc: 'What resource servers show to `POST /api/oauth/introspect/`: at least 32 characters; several, separated by commas. `none`: nobody may ask.',
  }),
  ...webhookSettings,
  ...tracingSettings,
} as const

export type SettingName = keyof typeof settings
type ValueOf<S> = S extends Setting<infer T> ? T : never
export type SettingValues = { [Name in SettingName]: ValueOf<(typeof settings)[Name]> | undefined }
