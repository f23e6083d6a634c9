import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import express from 'express'
import fastify, { type FastifyRequest } from 'fastify'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireAuth as forExpress } from '../src/express.ts'
import { requireAuth as forFastify } from '../src/fastify.ts'
import { requireAuth as forHono } from '../src/hono.ts'
import { createGuard, type Guard } from '../src/index.ts'
import { requireAuth as forNode } from '../src/node.ts'
import { listening, openIssuer } from './servers.ts'

interface Api {
  address: string
  close: () => unknown
}

/** Each has `/` for whoever is logged in and `/scope` for whoever has a scope that no token has. */
const apis: Record<string, (guard: Guard) => Promise<Api>> = {
  async node(guard) {
    const server = createServer(async (request, response) => {
      const scopes = request.url === '/scope' ? ['reports:read'] : []
      const auth = await forNode(guard, { request, response }, { scopes })
      if (auth) response.end(JSON.stringify({ hello: auth.username }))
    })
    return { address: `http://127.0.0.1:${await listening(server)}`, close: () => server.close() }
  },
  async express(guard) {
    const app = express()
    const hello: express.RequestHandler = (request, response) => {
      response.json({ hello: request.auth?.username })
    }
    app.get('/', forExpress(guard), hello)
    app.get('/scope', forExpress(guard, { scopes: ['reports:read'] }), hello)
    const server = createServer(app)
    return { address: `http://127.0.0.1:${await listening(server)}`, close: () => server.close() }
  },
  async fastify(guard) {
    const app = fastify()
    const hello = async (request: FastifyRequest) => ({ hello: request.auth?.username })
    app.get('/', { onRequest: forFastify(guard) }, hello)
    app.get('/scope', { onRequest: forFastify(guard, { scopes: ['reports:read'] }) }, async () => 'never')
    return { address: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() }
  },
  async hono(guard) {
    const app = new Hono()
    app.get('/', forHono(guard), (context) => context.json({ hello: context.get('auth').username }))
    app.get('/scope', forHono(guard, { scopes: ['reports:read'] }), (context) => context.text('never'))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
    await new Promise((resolve) => server.once('listening', resolve))
    return {
      address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close: () => server.close(),
    }
  },
}

let issuer: Awaited<ReturnType<typeof openIssuer>>
let guard: Guard
let access: string
beforeAll(async () => {
  issuer = await openIssuer()
  guard = createGuard({ issuer: issuer.issuer })
  access = (await issuer.login()).access
})
afterAll(async () => {
  guard.close()
  await issuer.stop()
})

describe.each(Object.entries(apis))('%s', (_, open) => {
  let api: Api
  beforeAll(async () => {
    api = await open(guard)
  })
  afterAll(() => api.close())

  const invalid = 'Bearer realm="api", error="invalid_token"'
  test.each([
    { header: () => `Bearer ${access}`, path: '/', status: 200, challenge: null },
    { header: () => `bearer ${access}`, path: '/', status: 200, challenge: null },
    { header: () => undefined, path: '/', status: 401, challenge: 'Bearer realm="api"' },
    { header: () => 'Basic YTpi', path: '/', status: 401, challenge: 'Bearer realm="api"' },
    {
      header: () => 'Bearer',
      path: '/',
      status: 400,
      challenge: 'Bearer realm="api", error="invalid_request"',
    },
    {
      header: () => 'Bearer a b',
      path: '/',
      status: 400,
      challenge: 'Bearer realm="api", error="invalid_request"',
    },
    { header: () => 'Bearer garbage', path: '/', status: 401, challenge: invalid },
    {
      header: () => `Bearer ${access}`,
      path: '/scope',
      status: 403,
      challenge: 'Bearer realm="api", error="insufficient_scope", scope="reports:read"',
    },
  ])('$status for $challenge at $path', async ({ header, path, status, challenge }) => {
    const value = header()
    const answer = await fetch(`${api.address}${path}`, value ? { headers: { authorization: value } } : {})
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, challenge])
    const body = (await answer.json()) as object
    if (status === 200) expect(body).toEqual({ hello: 'alice' })
    else expect(Object.keys(body)).toEqual(['code', 'detail'])
  })
})
