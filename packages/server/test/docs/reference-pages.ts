import { sizingParts } from '../../../../bench/src/sizing/tables.ts'
import type { OpenApi } from '../contract/openapi.ts'
import { openTestServer } from '../harness.ts'
import { commandLineParts } from './command-line.ts'
import { httpReferenceParts } from './http-reference.ts'
import type { MadeParts } from './made-parts.ts'
import { metricsParts } from './metrics.ts'
import { throttlingParts } from './throttling.ts'
import { trailParts } from './trail.ts'

/** The pages that have made parts, each with what is made for it now. */
export async function makeReferenceParts(): Promise<ReadonlyMap<string, MadeParts>> {
  return new Map([
    ['docs/reference/http.md', httpReferenceParts(await describeApi())],
    ['docs/reference/command-line.md', await commandLineParts()],
    ['docs/reference/metrics.md', metricsParts()],
    ['docs/sizing.md', sizingParts()],
    ['docs/guides/throttling.md', throttlingParts()],
    ['docs/guides/audit.md', trailParts()],
  ])
}

async function describeApi(): Promise<OpenApi> {
  const server = await openTestServer()
  const document = (await server.get('/openapi.json')).json() as OpenApi
  await server.close()
  return document
}
