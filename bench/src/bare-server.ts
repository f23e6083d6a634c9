import { createServer } from 'node:http'

/** Answers the same bytes to every request, headers included. */
const head = JSON.parse(process.env.BARE_HEAD ?? '{}') as Record<string, string>
const body = process.env.BARE_BODY ?? ''

const server = createServer((_, response) => {
  response.writeHead(200, head)
  response.end(body)
})
server.keepAliveTimeout = 72_000
server.listen(Number(process.env.PORT), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
