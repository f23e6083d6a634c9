import { describe, expect, test } from 'vitest'
import { settings } from '../settings.ts'
import { unknownVariables } from './unknown-variables.ts'

describe('variables that look like settings and are none', () => {
  test.each([
    ['COUNTERSIGN_ACESS_TTL', 'COUNTERSIGN_ACCESS_TTL'],
    ['COUNTERSIGN_ACCESS_TTL_SECONDS', undefined],
    ['COUNTERSIGN_SECRETS', 'COUNTERSIGN_SECRET'],
    ['COUNTERSIGN_SECRET_FIEL', 'COUNTERSIGN_SECRET_FILE'],
    ['COUNTERSIGN_ISSUER_FILE', undefined],
    ['COUNTERSIGN_ISUER', 'COUNTERSIGN_ISSUER'],
    ['COUNTERSIGN_PORT', 'PORT'],
    ['COUNTERSIGN_LOG_LEVEL', 'LOG_LEVEL'],
    ['COUNTERSIGN_DATABASE_URL', 'DATABASE_URL'],
    ['COUNTERSIGN_XYZ', undefined],
    ['COUNTERSIGN_', undefined],
  ])('%s: %s', (name, nearest) => {
    expect(unknownVariables({ [name]: 'x' })).toEqual([{ name, nearest }])
  })

  test('settings and their files are known', () => {
    const names = Object.values<{ env: string; secret?: true }>(settings).flatMap(({ env, secret }) =>
      secret ? [env, `${env}_FILE`] : [env],
    )
    expect(unknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([])
  })

  test('what `createsuperuser` reads is known', () => {
    expect(unknownVariables({ COUNTERSIGN_SUPERUSER_PASSWORD: 'x' })).toEqual([])
  })

  test('what `status --output env` writes is known', () => {
    expect(unknownVariables({ COUNTERSIGN_JWKS_URI: 'x' })).toEqual([])
  })

  test('other programs have variables too', () => {
    expect(unknownVariables({ PATH: '/bin', COUNTERSIGNED: 'x', countersign_port: 'x' })).toEqual([])
  })

  test('what Kubernetes says of a Service with our name is no mistake', () => {
    const links = {
      COUNTERSIGN_SERVICE_HOST: '10.0.0.1',
      COUNTERSIGN_SERVICE_PORT: '8000',
      COUNTERSIGN_SERVICE_PORT_HTTP: '8000',
      COUNTERSIGN_PORT: 'tcp://10.0.0.1:8000',
      COUNTERSIGN_PORT_8000_TCP: 'tcp://10.0.0.1:8000',
      COUNTERSIGN_PORT_8000_TCP_PROTO: 'tcp',
      COUNTERSIGN_PORT_8000_TCP_PORT: '8000',
      COUNTERSIGN_PORT_8000_TCP_ADDR: '10.0.0.1',
      COUNTERSIGN_ADMIN_SERVICE_HOST: '10.0.0.2',
    }
    expect(unknownVariables(links)).toEqual([])
  })

  test('they come sorted, and without their values', () => {
    const found = unknownVariables({ COUNTERSIGN_ZZZZZZ: 'hunter2', COUNTERSIGN_AAAAAA: 'hunter2' })
    expect(found.map(({ name }) => name)).toEqual(['COUNTERSIGN_AAAAAA', 'COUNTERSIGN_ZZZZZZ'])
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
