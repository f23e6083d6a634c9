import { sizingParts } from '../../../../bench/src/sizing/tables.ts'
import type { OpenApi } from '../contract/openapi.ts'
import { openTestServer } from '../harness.ts'
import { languageParts } from '../languages/languages.ts'
import { adminReferenceParts } from './admin-reference.ts'
import { commandLineParts } from './command-line.ts'
import { httpReferenceParts } from './http-reference.ts'
import type { MadeParts } from './made-parts.ts'
import { metricsParts } from './metrics.ts'
import { passwordFormatParts } from './password-formats.ts'
import { simplejwtParts } from './simplejwt.ts'
import { throttlingParts } from './throttling.ts'
import { trailParts } from './trail.ts'

/** The pages that have made parts, each with what is made for it now. */
export async function makeReferenceParts(): Promise<ReadonlyMap<string, MadeParts>> {
  return new Map([
    ['docs/reference/http.md', httpReferenceParts(await describeApi())],
    ['docs/reference/admin-api.md', adminReferenceParts(await describeApi({}, '/api/admin/openapi.json'))],
    ['docs/reference/dj-rest-auth.md', djRestAuthParts(await describeApi(djRestAuth))],
    [
      'docs/reference/simplejwt.md',
      simplejwtParts({ pairs: await describeApi(simplejwt), sliding: await describeApi(sliding) }),
    ],
    ['docs/reference/command-line.md', await commandLineParts()],
    ['docs/reference/metrics.md', metricsParts()],
    ['docs/reference/password-formats.md', passwordFormatParts()],
    ['docs/sizing.md', sizingParts()],
    ['docs/guides/throttling.md', throttlingParts()],
    ['docs/guides/verify-access-tokens.md', languageParts()],
    ['docs/guides/audit.md', trailParts()],
  ])
}

const prefix = '/api/auth/'
const simplejwt = { COUNTERSIGN_SIMPLEJWT: '5.5' }
const sliding = { ...simplejwt, COUNTERSIGN_SLIDING_TOKENS: 'true' }
const djRestAuth = { COUNTERSIGN_DJ_REST_AUTH: prefix }

/** The operations below the prefix; what all operations refuse is on the page of all others. */
function djRestAuthParts(document: OpenApi): MadeParts {
  const own = [...httpReferenceParts(document)].filter(([name]) => name.includes(` ${prefix}`))
  return new Map(own.map(([name, part]) => [name, part.replaceAll('](#any-', '](http.md#any-')]))
}

async function describeApi(env: Record<string, string> = {}, path = '/openapi.json'): Promise<OpenApi> {
  const server = await openTestServer({ env })
  const document = (await server.get(path)).json() as OpenApi
  await server.close()
  return document
}
