import { expect, test } from 'vitest'
import { ConfigError, loadConfig, type Mode } from '../config.ts'

const secret = 'a secret for tests only of 32 or more characters'
const profile = { COUNTERSIGN_DJ_REST_AUTH: '/api/auth/' }
const cookies = { ...profile, COUNTERSIGN_AUTH_COOKIE: 'app-auth', COUNTERSIGN_REFRESH_COOKIE: 'app-refresh' }
const start = { COUNTERSIGN_ISSUER: 'https://auth.example.com' }

function problemsWith(mode: Mode, env: Record<string, string>): string[] {
  try {
    loadConfig({ mode, env: { COUNTERSIGN_SECRET: secret, ...env } })
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems.map(({ what }) => what)
    throw thrown
  }
}

const reset = 'COUNTERSIGN_DJ_REST_AUTH_RESET_URL'

test.each<{ name: string; mode: Mode; env: Record<string, string>; told: string[] }>([
  { name: 'the profile alone', mode: 'start', env: { ...start, ...profile }, told: [] },
  { name: 'with cookies', mode: 'start', env: { ...start, ...cookies }, told: [] },
  { name: 'with cookies in development', mode: 'dev', env: cookies, told: [] },
  {
    name: 'a cookie without the profile',
    mode: 'dev',
    env: { COUNTERSIGN_AUTH_COOKIE: 'a' },
    told: ['COUNTERSIGN_AUTH_COOKIE is set and COUNTERSIGN_DJ_REST_AUTH is off: nothing would use it.'],
  },
  { name: 'to a tool', mode: 'tool', env: { COUNTERSIGN_AUTH_COOKIE: 'a' }, told: [] },
  {
    name: 'a page without the profile',
    mode: 'start',
    env: { ...start, [reset]: 'https://app.example.com/{uid}/{token}' },
    told: [`${reset} is set and COUNTERSIGN_DJ_REST_AUTH is off: nothing would use it.`],
  },
  {
    name: 'a page in the clear',
    mode: 'start',
    env: { ...start, ...profile, [reset]: 'http://127.evil.example/{uid}/{token}' },
    told: [`${reset} is an http address: its secrets would cross the network in the clear.`],
  },
  {
    name: 'a page on this machine',
    mode: 'start',
    env: { ...start, ...profile, [reset]: 'http://127.0.0.1:3000/{uid}/{token}' },
    told: [],
  },
  {
    name: 'one name for both cookies',
    mode: 'start',
    env: { ...start, ...cookies, COUNTERSIGN_REFRESH_COOKIE: 'app-auth' },
    told: ['COUNTERSIGN_AUTH_COOKIE and COUNTERSIGN_REFRESH_COOKIE are the same.'],
  },
  {
    name: '__Host- with a path',
    mode: 'start',
    env: {
      ...{ ...start, ...cookies },
      ...{ COUNTERSIGN_REFRESH_COOKIE: '__Host-r', COUNTERSIGN_REFRESH_COOKIE_PATH: '/api/auth/' },
    },
    told: [
      'COUNTERSIGN_REFRESH_COOKIE begins with __Host- and COUNTERSIGN_REFRESH_COOKIE_PATH is /api/auth/: no browser would keep it.',
    ],
  },
  {
    name: 'SameSite=None over http',
    mode: 'dev',
    env: { ...cookies, COUNTERSIGN_COOKIE_SAMESITE: 'None' },
    told: [expect.stringContaining('take https')],
  },
  {
    name: 'SameSite=None over https',
    mode: 'dev',
    env: { ...start, ...cookies, COUNTERSIGN_COOKIE_SAMESITE: 'None' },
    told: [],
  },
])('$name, $mode: $told', ({ mode, env, told }) => {
  expect(problemsWith(mode, env)).toEqual(told)
})
