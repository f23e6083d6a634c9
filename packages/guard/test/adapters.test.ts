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
import { createGuard, type Guard, type Requirements } from '../src/index.ts'
import { requireAuth as forNode } from '../src/node.ts'
import { listening, openIssuer } from './servers.ts'

interface Api {
  address: string
  close: () => unknown
}

const scope: Requirements = { scopes: ['reports:read'] }
const bob: Requirements = { allow: async ({ username }) => username === 'bob' }
const fault: Requirements = {
  allow: () => {
    throw new Error('the members cannot be read')
  },
}

/**
 * Each has `/` for whoever is logged in, `/scope` for whoever has a scope that no token has, `/bob` for bob, and `/fault`,
 * which fails at deciding.
 */
const apis: Record<string, (guard: Guard) => Promise<Api>> = {
  async node(guard) {
    const server = createServer(async (request, response) => {
      const needs = { '/scope': scope, '/bob': bob, '/fault': fault }[request.url ?? ''] ?? {}
      const auth = await forNode(guard, { request, response }, needs).catch(() => {
        response.writeHead(500).end('{}')
      })
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
    app.get('/scope', forExpress(guard, scope), hello)
    app.get('/bob', forExpress(guard, bob), hello)
    app.get('/fault', forExpress(guard, fault), hello)
    const failed: express.ErrorRequestHandler = (_error, _request, response, _next) => {
      response.status(500).json({})
    }
    app.use(failed)
    const server = createServer(app)
    return { address: `http://127.0.0.1:${await listening(server)}`, close: () => server.close() }
  },
  async fastify(guard) {
    const app = fastify()
    const hello = async (request: FastifyRequest) => ({ hello: request.auth?.username })
    app.get('/', { onRequest: forFastify(guard) }, hello)
    app.get('/scope', { onRequest: forFastify(guard, scope) }, hello)
    app.get('/bob', { preHandler: forFastify(guard, bob) }, hello)
    app.get('/fault', { onRequest: forFastify(guard, fault) }, hello)
    return { address: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() }
  },
  async hono(guard) {
    const app = new Hono()
    app.get('/', forHono(guard), (context) => context.json({ hello: context.get('auth').username }))
    app.get('/scope', forHono(guard, scope), (context) => context.text('never'))
    app.get('/bob', forHono(guard, bob), (context) => context.json({ hello: context.var.auth.username }))
    app.get('/fault', forHono(guard, fault), (context) => context.text('never'))
    app.onError((_error, context) => context.json({}, 500))
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
    {
      header: () => `Bearer ${access}`,
      path: '/bob',
      status: 403,
      challenge: 'Bearer realm="api", error="insufficient_scope"',
    },
  ])('T25 T26: $status for $challenge at $path', async ({ header, path, status, challenge }) => {
    const value = header()
    const answer = await fetch(`${api.address}${path}`, value ? { headers: { authorization: value } } : {})
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, challenge])
    const body = (await answer.json()) as object
    if (status === 200) expect(body).toEqual({ hello: 'alice' })
    else expect(Object.keys(body)).toEqual(['code', 'detail'])
  })

  test('lets him in whom the claims allow, and a fault while deciding is none of the guard', async () => {
    const { access: ofBob } = await issuer.login('bob')
    const ask = (path: string, token: string) =>
      fetch(`${api.address}${path}`, { headers: { authorization: `Bearer ${token}` } })
    expect(await (await ask('/bob', ofBob)).json()).toEqual({ hello: 'bob' })
    expect((await ask('/fault', access)).status).toBe(500)
  })

  test('T25: a token elsewhere than in the header is none', async () => {
    const headers = { cookie: `access=${access}`, 'x-authorization': `Bearer ${access}` }
    expect((await fetch(`${api.address}/?access_token=${access}`, { headers })).status).toBe(401)
  })
})
