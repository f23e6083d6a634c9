import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fromKeycloak } from '../../src/import/readers/keycloak.ts'
import { readStored } from '../../src/passwords/formats/formats.ts'
import { vectorsFolder } from './vectors.ts'

type Vector = [name: string, password: string, credentialData: string, secretData: string, source: string]

/** Published with their passwords: what Keycloak 9, 11 and 26 keep. */
const vectors = JSON.parse(readFileSync(join(vectorsFolder, 'keycloak.json'), 'utf8')) as Vector[]

test.each(
  vectors,
)('what an import makes of %s is verified', async (_, password, credentialData, secretData) => {
  const credentials = [{ type: 'otp' }, { type: 'password', credentialData, secretData }]
  const imported = fromKeycloak({ username: 'alice', credentials })
  const { password_hash: stored } = imported as { password_hash: string }
  expect(await readStored(stored)?.check?.(password)).toBe(true)
  expect(await readStored(stored)?.check?.(`${password}.`)).toBe(false)
})
