import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

// Preloaded into a server: writes the address of every module that it loads into a file, one a line.

const file = process.env.RECORDED_MODULES ?? ''

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(file, `${url}\n`)
    return nextLoad(url, context)
  },
})
