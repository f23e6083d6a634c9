import { closedLoop, expectStatus, postRequest } from './load.ts'
import { floodName, password } from './users.ts'

/** Logs in over and over with so many clients for so long, and tells the parent how many logins a second that were. */
const [address = '', clients = '0', milliseconds = '0'] = process.argv.slice(2)

const requests = Array.from({ length: Number(clients) }, (_, index) =>
  postRequest('/api/login/', { username: floodName(index), password }),
)
const rate = await closedLoop({
  address,
  clients: requests.length,
  milliseconds: Number(milliseconds),
  step: async (client, index) => void expectStatus(await client.ask(requests[index] ?? ''), 200),
})
process.send?.(rate)
process.disconnect?.()
