import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { type SettingName, settings } from './settings.ts'

const secret = 'a secret for tests only of 32 or more characters'
const other = 'another secret for tests of 32 or more characters'
const base = { COUNTERSIGN_SECRET: secret }

interface Row {
  /** where the value lands, and what it is without the variable */
  as: keyof Config
  usual: unknown
  good: readonly (readonly [text: string, value: unknown])[]
  bad: readonly string[]
}

function sqliteAt(file: string) {
  return { kind: 'sqlite', file }
}

function postgresAt(fields: object) {
  const usual = { host: '127.0.0.1', port: 5432, user: 'me', database: 'auth', password: undefined }
  return { kind: 'postgres', ...usual, sslMode: undefined, sslFiles: {}, tls: undefined, ...fields }
}

function smtpAt(host: string, port: number, tls: string) {
  return { host, port, tls, login: undefined }
}

const badDurations = [
  '15 m',
  '-1',
  '1.5h',
  'PT',
  'P',
  'PT15',
  '15M',
  '1w',
  'soon',
  '1e3',
  '0x10',
  '99999999999',
]

const key32 = Buffer.alloc(32, 1).toString('base64')
const key24 = Buffer.alloc(24, 2).toString('base64')

/** One row a setting; the compiler sees to it that none is left out. */
const rows: Record<SettingName, Row> = {
  port: {
    as: 'port',
    usual: 8000,
    good: [
      ['0', 0],
      ['65535', 65_535],
    ],
    bad: ['65536', '-1', '80a', '1.5', '٣'],
  },
  host: {
    as: 'host',
    usual: '127.0.0.1',
    good: [
      ['::', '::'],
      ['0.0.0.0', '0.0.0.0'],
    ],
    bad: [' '],
  },
  workers: {
    as: 'workers',
    usual: 1,
    good: [
      ['1', 1],
      ['64', 64],
      ['auto', Math.min(availableParallelism(), 64)],
    ],
    bad: ['0', '65', '1.5', 'all', 'Auto'],
  },
  shutdownDelaySeconds: {
    as: 'shutdownDelaySeconds',
    usual: 0,
    good: [
      ['0', 0],
      ['5s', 5],
      ['1m', 60],
    ],
    bad: ['61', ...badDurations],
  },
  managementPort: {
    as: 'managementPort',
    usual: undefined,
    good: [
      ['0', 0],
      ['9000', 9000],
    ],
    bad: ['65536', '-1', 'on', 'off'],
  },
  managementHost: {
    as: 'managementHost',
    usual: '127.0.0.1',
    good: [['0.0.0.0', '0.0.0.0']],
    bad: [' '],
  },
  console: {
    as: 'console',
    usual: 'public',
    good: [
      ['public', 'public'],
      ['off', 'off'],
    ],
    bad: ['on', 'private'],
  },
  data: {
    as: 'dataFolder',
    usual: resolve('countersign-data'),
    good: [['/var/lib/x', '/var/lib/x']],
    bad: [' '],
  },
  database: {
    as: 'database',
    usual: sqliteAt(resolve('countersign-data/countersign.db')),
    good: [
      ['sqlite:/srv/x.db', sqliteAt('/srv/x.db')],
      ['sqlite::memory:', sqliteAt(':memory:')],
      ['postgres://me@127.0.0.1/auth', postgresAt({})],
      ['postgresql://me@localhost:80/auth', postgresAt({ host: 'localhost', port: 80 })],
      ['postgres://me@[::1]:6432/auth', postgresAt({ host: '::1', port: 6432 })],
      [
        'postgres://m%40e:p%2Fw%3A@127.0.0.1/a%20b',
        postgresAt({ user: 'm@e', password: 'p/w:', database: 'a b' }),
      ],
      ['postgres://me@/auth?host=/run/postgresql', postgresAt({ host: '/run/postgresql' })],
      ['postgres://me@db/auth?sslmode=disable', postgresAt({ host: 'db', sslMode: 'disable' })],
      [
        'postgres://me@db/auth?sslmode=require',
        postgresAt({ host: 'db', sslMode: 'require', tls: { verify: 'nothing' } }),
      ],
      [
        'postgres://me@db/auth?sslmode=verify-ca',
        postgresAt({ host: 'db', sslMode: 'verify-ca', tls: { verify: 'chain' } }),
      ],
      [
        'postgres://me@db/auth?sslmode=verify-full',
        postgresAt({ host: 'db', sslMode: 'verify-full', tls: { verify: 'chain_and_name' } }),
      ],
    ],
    bad: [
      ...[
        'sqlite:',
        '/srv/x.db',
        'mysql://user@host/db',
        'postgres:',
        'postgres://host/db',
        'postgres://me@host',
      ],
      ...['postgres://me@/db', 'postgres://me@h:99999/db', 'postgres://m%e@h/db', 'postgres://me:a/b@h/db'],
      ...[
        'postgres://me@h/db?sslmode=prefer',
        'postgres://me@h/db?sslmod=require',
        'postgres://me@h1,h2/db?x=1',
      ],
    ],
  },
  databasePassword: {
    as: 'database',
    usual: sqliteAt(resolve('countersign-data/countersign.db')),
    good: [],
    bad: [' '],
  },
  databasePool: {
    as: 'databasePool',
    usual: 10,
    good: [
      ['1', 1],
      ['1000', 1000],
    ],
    bad: ['0', '1001', 'all'],
  },
  databaseConnectTimeoutSeconds: {
    as: 'databaseConnectTimeoutSeconds',
    usual: 3,
    good: [
      ['1s', 1],
      ['1m', 60],
    ],
    bad: ['0', '61', ...badDurations],
  },
  databaseStatementTimeoutSeconds: {
    as: 'databaseStatementTimeoutSeconds',
    usual: 3,
    good: [
      ['1s', 1],
      ['1m', 60],
    ],
    bad: ['0', '61', ...badDurations],
  },
  issuer: {
    as: 'issuer',
    usual: 'http://127.0.0.1:8000',
    good: [
      ['https://auth.example.com', 'https://auth.example.com'],
      ['https://auth.example.com/', 'https://auth.example.com'],
      ['https://example.com/auth/', 'https://example.com/auth'],
      ['http://[::1]:8000', 'http://[::1]:8000'],
    ],
    bad: [
      'auth.example.com',
      'ftp://auth.example.com',
      'https://auth.example.com?x=1',
      'https://auth.example.com/?',
      'https://auth.example.com#x',
      'https://user@auth.example.com',
      'https://:hidden@auth.example.com',
      'HTTPS://auth.example.com',
      'https://Auth.example.com',
      'https://auth.example.com:443',
      'https://a.example.com/b/../c',
      ' https://auth.example.com',
      'javascript:alert(1)',
    ],
  },
  audience: { as: 'audience', usual: 'http://127.0.0.1:8000', good: [['my api', 'my api']], bad: ['  '] },
  clientId: { as: 'clientId', usual: 'countersign', good: [['web', 'web']], bad: ['\t'] },
  secrets: {
    as: 'secrets',
    usual: [secret],
    good: [
      [other, [other]],
      [`${other}, ${secret}`, [other, secret]],
      [`${other},`, [other]],
    ],
    bad: ['short', `${other},short`, `short,${other}`, ',', 'x'.repeat(31)],
  },
  accessTtlSeconds: {
    as: 'accessTtlSeconds',
    usual: 900,
    good: [
      ['10', 10],
      ['5m', 300],
      ['PT15M', 900],
      ['1d', 86_400],
      ['P1D', 86_400],
      ['PT1H1M1S', 3661],
    ],
    bad: ['9', '9s', '25h', 'P2D', ...badDurations],
  },
  refreshTtlSeconds: {
    as: 'refreshTtlSeconds',
    usual: 604_800,
    good: [
      ['1m', 60],
      ['365d', 31_536_000],
    ],
    bad: ['59', '366d', ...badDurations],
  },
  sessionTtlSeconds: {
    as: 'sessionTtlSeconds',
    usual: 7_776_000,
    good: [
      ['1m', 60],
      ['3650d', 315_360_000],
    ],
    bad: ['59', '3651d', ...badDurations],
  },
  graceSeconds: {
    as: 'graceSeconds',
    usual: 10,
    good: [
      ['0', 0],
      ['1m', 60],
    ],
    bad: ['61', ...badDurations],
  },
  refreshReplay: {
    as: 'refreshReplay',
    usual: 'grace',
    good: [['until_used', 'until_used']],
    bad: ['always', 'Grace'],
  },
  maxSessionsPerUser: {
    as: 'maxSessionsPerUser',
    usual: 100,
    good: [
      ['1', 1],
      ['10000', 10_000],
    ],
    bad: ['0', '10001'],
  },
  algorithm: {
    as: 'algorithm',
    usual: 'ES256',
    good: [
      ['RS256', 'RS256'],
      ['EdDSA', 'EdDSA'],
    ],
    bad: ['none', 'HS256', 'es256', 'ES384', 'constructor'],
  },
  tokenType: { as: 'tokenType', usual: 'at+jwt', good: [['JWT', 'JWT']], bad: ['jwt', 'application/at+jwt'] },
  auditRetentionSeconds: {
    as: 'auditRetentionSeconds',
    usual: 34_560_000,
    good: [
      ['0', 0],
      ['30d', 2_592_000],
    ],
    bad: ['3651d', 'always'],
  },
  introspectionSecrets: {
    as: 'introspectionSecrets',
    usual: [],
    good: [
      ['a secret that resource servers have', ['a secret that resource servers have']],
      ['none', []],
    ],
    bad: ['short', 'a secret that resource servers have,short'],
  },
  webhookUrls: {
    as: 'webhookUrls',
    usual: undefined,
    good: [
      ['https://example.com/hooks?key=a', ['https://example.com/hooks?key=a']],
      ['https://a.example.com, http://10.0.0.1:8080/', ['https://a.example.com', 'http://10.0.0.1:8080/']],
    ],
    bad: [
      'example.com',
      'ftp://example.com',
      'https://user:password@example.com',
      'https://example.com/#a',
      ',',
    ],
  },
  webhookSecrets: {
    as: 'webhookSecrets',
    usual: undefined,
    good: [
      [`whsec_${key32}`, [Buffer.from(key32, 'base64')]],
      [`whsec_${key32},whsec_${key24}`, [Buffer.from(key32, 'base64'), Buffer.from(key24, 'base64')]],
    ],
    bad: [key32, 'whsec_c2hvcnQ=', `whsec_${key32}!`, 'whsec_', `whsec_${'A'.repeat(96)}`],
  },
  webhookEvents: {
    as: 'webhookEvents',
    usual: ['*'],
    good: [['user.deleted, auth.login.*', ['user.deleted', 'auth.login.*']]],
    bad: ['auth.*.failed', 'Auth', 'auth..login', ','],
  },
  djangoSecret: {
    as: 'djangoSecret',
    usual: undefined,
    good: [['django-insecure-#k2!x7c@0u&v4w-q8z)s6m^p1', 'django-insecure-#k2!x7c@0u&v4w-q8z)s6m^p1']],
    // T04: what everybody may read is no secret.
    bad: [
      'too short for a secret',
      '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1 me@example.com',
      '{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"}',
    ],
  },
  djangoUntil: {
    as: 'djangoUntil',
    usual: undefined,
    good: [
      ['2026-09-30T00:00:00Z', Date.UTC(2026, 8, 30)],
      ['2026-09-30T02:00:00.500+02:00', Date.UTC(2026, 8, 30) + 500],
    ],
    bad: ['2026-09-30', '30d', 'soon', '2026-02-30T00:00:00Z', '2026-09-30T00:00:00', '2026-13-01T00:00:00Z'],
  },
  djangoAlgorithm: {
    as: 'djangoAlgorithm',
    usual: 'HS256',
    good: [['HS512', 'HS512']],
    bad: ['RS256', 'none', 'hs256'],
  },
  djangoSign: { as: 'djangoSign', usual: 'false', good: [['true', 'true']], bad: ['yes', '1'] },
  webhookPrivate: { as: 'webhookPrivate', usual: 'refuse', good: [['allow', 'allow']], bad: ['yes'] },
  keyRotationSeconds: {
    as: 'keyRotationSeconds',
    usual: 7_776_000,
    good: [
      ['0', 0],
      ['30d', 2_592_000],
    ],
    bad: ['3651d'],
  },
  email: { as: 'email', usual: 'required', good: [['optional', 'optional']], bad: ['no'] },
  minPasswordLength: {
    as: 'minPasswordLength',
    usual: 8,
    good: [
      ['15', 15],
      ['128', 128],
    ],
    bad: ['7', '129'],
  },
  reauthSeconds: {
    as: 'reauthSeconds',
    usual: 300,
    good: [
      ['0', 0],
      ['1h', 3600],
    ],
    bad: [...badDurations, '2h'],
  },
  userIds: { as: 'userIds', usual: 'uuid', good: [['integer', 'integer']], bad: ['int', 'UUID'] },
  emailVerification: {
    as: 'emailVerification',
    usual: 'off',
    good: [['optional', 'optional']],
    bad: ['on', 'Required', ''.padEnd(3)],
  },
  loginBy: {
    as: 'loginBy',
    usual: 'username',
    good: [['both', 'both']],
    bad: ['mail', 'username,email'],
  },
  hideEmails: { as: 'hideEmails', usual: 'off', good: [['off', 'off']], bad: ['true', '1'] },
  simplejwt: {
    as: 'simplejwt',
    usual: 'off',
    good: [
      ['5.2', '5.2'],
      ['5.5', '5.5'],
    ],
    bad: ['on', '5.4', '5'],
  },
  slidingTokens: {
    as: 'slidingTokens',
    usual: 'false',
    good: [['false', 'false']],
    bad: ['on', 'True', '1'],
  },
  djRestAuth: {
    as: 'djRestAuth',
    usual: false,
    good: [
      ['off', false],
      ['/api/auth/', '/api/auth/'],
      ['/dj-rest-auth/', '/dj-rest-auth/'],
      ['/', '/'],
    ],
    bad: ['on', '/api/', 'api/auth/', '/api/auth', '//', '/a b/', '/{id}/', '/:id/', '/../'],
  },
  djRestAuthExpiration: { as: 'djRestAuthExpiration', usual: 'off', good: [['on', 'on']], bad: ['true'] },
  djRestAuthOldPassword: {
    as: 'djRestAuthOldPassword',
    usual: 'always',
    good: [['unless_recent', 'unless_recent']],
    bad: ['off', 'never'],
  },
  djRestAuthResetUrl: {
    as: 'djRestAuthResetUrl',
    usual: undefined,
    good: [
      'https://app.example.com/reset/{uid}/{token}',
      'http://localhost:3000/#/reset?u={uid}&t={token}',
    ].map((text) => [text, text] as const),
    bad: [
      'https://app.example.com/reset/{token}',
      'https://app.example.com/{uid}/{token}/{token}',
      'https://app.example.com/{uid}/{token}/{key}',
      'https://{uid}.example.com/{token}',
      'https://{uid}@app.example.com/{token}',
      'javascript:{uid}{token}',
      '/reset/{uid}/{token}',
      'app.example.com/{uid}/{token}',
    ],
  },
  djRestAuthVerifyUrl: {
    as: 'djRestAuthVerifyUrl',
    usual: undefined,
    good: [['https://app.example.com/verify/{key}', 'https://app.example.com/verify/{key}']],
    bad: ['https://app.example.com/verify/', 'https://app.example.com/{uid}/{token}', '{key}'],
  },
  accessCookie: {
    as: 'accessCookie',
    usual: undefined,
    good: [['app-auth', 'app-auth']],
    bad: ['app auth', 'app=auth', 'app;auth', 'ä', '"auth"'],
  },
  refreshCookie: { as: 'refreshCookie', usual: undefined, good: [['_r.t', '_r.t']], bad: ['a,b', 'a/b'] },
  refreshCookiePath: {
    as: 'refreshCookiePath',
    usual: '/',
    good: [['/api/auth/', '/api/auth/']],
    bad: ['api', '/; Domain=example.com', '/a b'],
  },
  cookieSameSite: {
    as: 'cookieSameSite',
    usual: 'Lax',
    good: [['Strict', 'Strict']],
    bad: ['lax', 'off'],
  },
  commonPasswords: {
    as: 'commonPasswords',
    usual: 'warn',
    good: [
      ['off', 'off'],
      ['enforce', 'enforce'],
    ],
    bad: ['on'],
  },
  argon2MemoryKib: { as: 'argon2MemoryKib', usual: 19_456, good: [['7168', 7168]], bad: ['7167', '1048577'] },
  argon2Time: {
    as: 'argon2Time',
    usual: 2,
    good: [
      ['1', 1],
      ['20', 20],
    ],
    bad: ['0', '21'],
  },
  devisePepper: { as: 'devisePepper', usual: undefined, good: [['pepper', 'pepper']], bad: [' '] },
  hashParallel: {
    as: 'hashParallel',
    usual: availableParallelism(),
    good: [
      ['1', 1],
      ['256', 256],
    ],
    bad: ['0', '257'],
  },
  hashQueue: {
    as: 'hashQueue',
    usual: 256,
    good: [
      ['0', 0],
      ['100000', 100_000],
    ],
    bad: ['100001'],
  },
  hashDeadlineSeconds: {
    as: 'hashDeadlineSeconds',
    usual: 5,
    good: [
      ['1s', 1],
      ['30', 30],
    ],
    bad: ['0', '31'],
  },
  limits: {
    as: 'limits',
    usual: 1,
    good: [
      ['off', false],
      ['0.1', 0.1],
      ['2.5', 2.5],
      ['1000000', 1_000_000],
    ],
    bad: ['0', '0.09', '1000001', '-1', '1e3', 'on', '.5', '2x'],
  },
  limitsMaxDelaySeconds: {
    as: 'limitsMaxDelaySeconds',
    usual: 900,
    good: [
      ['1', 1],
      ['1h', 3600],
    ],
    bad: ['0', '2h', 'never'],
  },
  trustProxy: {
    as: 'trustProxy',
    usual: false,
    good: [
      ['off', false],
      ['0', false],
      ['2', 2],
      ['10.0.0.1', ['10.0.0.1']],
      ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    ],
    bad: [
      'true',
      '100',
      '-1',
      'dead',
      '...',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0.0/',
      '10.0.0/8',
      'proxy.local',
      ',',
    ],
  },
  corsOrigins: {
    as: 'corsOrigins',
    usual: [],
    good: [
      ['https://app.example.com', ['https://app.example.com']],
      ['https://a.example.com, http://localhost:3000', ['https://a.example.com', 'http://localhost:3000']],
    ],
    bad: [
      '*',
      'null',
      'https://app.example.com/',
      'https://*.example.com/x',
      'https://App.example.com',
      'file:///x',
    ],
  },
  logLevel: {
    as: 'logLevel',
    usual: 'info',
    good: [
      ['silent', 'silent'],
      ['debug', 'debug'],
    ],
    bad: ['verbose'],
  },
  logFormat: {
    as: 'logFormat',
    usual: 'auto',
    good: [
      ['json', 'json'],
      ['pretty', 'pretty'],
    ],
    bad: ['xml'],
  },
  smtp: {
    as: 'smtp',
    usual: undefined,
    good: [
      ['smtp://mail.example.com', smtpAt('mail.example.com', 587, 'required')],
      ['smtp://mail.example.com:2525?tls=off', smtpAt('mail.example.com', 2525, 'off')],
      ['smtp://localhost:1025', smtpAt('localhost', 1025, 'off')],
      ['smtp://[::1]', smtpAt('::1', 25, 'off')],
      ['smtp://127.0.0.1?tls=required', smtpAt('127.0.0.1', 587, 'required')],
      ['smtps://mail.example.com/', smtpAt('mail.example.com', 465, 'implicit')],
      [
        'smtps://me%40example.com:p%3Ass@mail.example.com:4650',
        {
          ...smtpAt('mail.example.com', 4650, 'implicit'),
          login: { user: 'me@example.com', password: 'p:ss' },
        },
      ],
    ],
    bad: [
      'mail.example.com:587',
      'http://mail.example.com',
      'smtp://',
      'smtp://me@mail.example.com',
      'smtp://:secret@mail.example.com',
      'smtp://me:%E0%A4%A@mail.example.com',
      'smtp://mail.example.com?tls=maybe',
      'smtp://mail.example.com?ssl=off',
      'smtp://mail.example.com?tls=off&tls=off',
      'smtps://mail.example.com?tls=off',
      'smtp://mail.example.com/inbox',
      'smtp://mail.example.com#x',
    ],
  },
  mailFrom: {
    as: 'mailFrom',
    usual: undefined,
    good: [
      ['no-reply@example.com', { name: '', address: 'no-reply@example.com' }],
      ['Example <no-reply@example.com>', { name: 'Example', address: 'no-reply@example.com' }],
      ['"Example, Inc." <hello@example.com>', { name: 'Example, Inc.', address: 'hello@example.com' }],
      ['Société Générale <a@b.example>', { name: 'Société Générale', address: 'a@b.example' }],
    ],
    bad: [
      'example.com',
      'a@b@c',
      'a@b.com, c@d.com',
      'Example <a@b.com>\r\nBcc: x@y.com',
      'Exa\nmple <a@b.com>',
      'Example <a@b.com\r\n>',
      'Example <>',
      'a b@example.com',
      'Ex<am>ple <a@b.com>',
    ],
  },
  mailTemplates: { as: 'mailTemplates', usual: undefined, good: [['/etc/mail', '/etc/mail']], bad: [' '] },
  tracingDisabled: {
    as: 'tracingDisabled',
    usual: false,
    good: [
      ['true', true],
      ['False', false],
    ],
    bad: ['yes', '1'],
  },
  tracesExporters: {
    as: 'tracesExporters',
    usual: undefined,
    good: [
      ['none', []],
      ['otlp', ['otlp']],
      ['console, otlp,otlp', ['console', 'otlp']],
    ],
    bad: ['jaeger', 'otlp,none', 'otlp,', 'OTLP'],
  },
  otlpEndpoint: {
    as: 'otlpEndpoint',
    usual: undefined,
    good: [['https://otlp.example.com/otlp', 'https://otlp.example.com/otlp']],
    bad: ['collector:4317', '127.0.0.1:4318', 'grpc://collector', ' '],
  },
  otlpTracesEndpoint: {
    as: 'otlpTracesEndpoint',
    usual: undefined,
    good: [['http://[::1]:4318/v1/traces', 'http://[::1]:4318/v1/traces']],
    bad: ['/v1/traces'],
  },
  otlpProtocol: {
    as: 'otlpProtocol',
    usual: 'http/protobuf',
    good: [['grpc', 'grpc']],
    bad: ['protobuf', 'http'],
  },
  otlpTracesProtocol: {
    as: 'otlpTracesProtocol',
    usual: undefined,
    good: [['http/json', 'http/json']],
    bad: ['json'],
  },
  serviceName: { as: 'serviceName', usual: undefined, good: [['sign in', 'sign in']], bad: [' '] },
  resourceAttributes: {
    as: 'resourceAttributes',
    usual: undefined,
    good: [
      ['a=b', { a: 'b' }],
      [' a = b%2Cc , d=%C3%A9,', { a: 'b,c', d: 'é' }],
    ],
    bad: ['a', '=b', 'a=b=c', 'a=%', ',', 'a=b,c'],
  },
  tracesSampler: {
    as: 'tracesSampler',
    usual: 'parentbased_always_on',
    good: [['traceidratio', 'traceidratio']],
    bad: ['jaeger_remote', 'always', 'Always_on'],
  },
  tracesShare: {
    as: 'tracesShare',
    usual: 1,
    good: [
      ['0', 0],
      ['.5', 0.5],
      ['1.0', 1],
    ],
    bad: ['1.1', '-0.1', '10%', '1e-2', '0x1', 'half', '.'],
  },
  propagators: {
    as: 'propagators',
    usual: ['tracecontext', 'baggage'],
    good: [
      ['tracecontext', ['tracecontext']],
      ['none', []],
    ],
    bad: ['b3', 'tracecontext,b3'],
  },
  spanDelayMs: { as: 'spanDelayMs', usual: 5000, good: [['100', 100]], bad: ['0', '5s', '-1'] },
  spanExportTimeoutMs: { as: 'spanExportTimeoutMs', usual: 30_000, good: [['100', 100]], bad: ['0', '1m'] },
  spanQueueSize: { as: 'spanQueueSize', usual: 2048, good: [['1', 1]], bad: ['0', 'many'] },
  spanBatchSize: { as: 'spanBatchSize', usual: 512, good: [['1', 1]], bad: ['0', '1e3'] },
}

const names = Object.keys(settings) as SettingName[]

function problemsOf(env: Record<string, string>): ConfigError['problems'] {
  try {
    loadConfig({ mode: 'tool', env: { ...base, ...env } })
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems
    throw thrown
  }
}

describe.each(names)('%s', (name) => {
  const { env, secret: isSecret } = settings[name] as { env: string; secret?: true }
  const { as, usual, good, bad } = rows[name]

  test('has its default', () => {
    expect(loadConfig({ mode: 'tool', env: base })[as]).toEqual(usual)
  })

  test('set to nothing is not set', () => {
    const config = loadConfig({ mode: 'tool', env: { ...base, ...(name !== 'secrets' && { [env]: '' }) } })
    expect(config[as]).toEqual(usual)
  })

  test.each(good)('takes %j', (text, value) => {
    expect(loadConfig({ mode: 'tool', env: { ...base, [env]: text } })[as]).toEqual(value)
  })

  test.each(bad)('refuses %j and says what to do', (text) => {
    const [problem, ...more] = problemsOf({ [env]: text })
    expect(more).toEqual([])
    expect(problem?.what).toContain(env)
    expect(problem?.remedy).toMatch(/^Set it to \S.{5,}\.$/)
    if (isSecret) expect(problem?.what).toBe(`${env} is not usable.`)
    else expect(problem?.what).toContain(JSON.stringify(text))
  })
})
