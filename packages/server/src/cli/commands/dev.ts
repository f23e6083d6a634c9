import { loadConfig } from '../../config/config.ts'
import { devBanner } from '../banner.ts'
import { addressFlags, command } from '../command.ts'
import { serveAlone } from './serve/alone.ts'

const help = `Usage: countersign dev [--port N] [--host ADDRESS] [--data FOLDER]

Runs the server for development. It makes what is missing: the data folder, the
database, a secret, the signing keys. What production refuses is a warning here.

  --port N         TCP port, 8000 if not given; 0 takes any free one
  --host ADDRESS   address to listen on, 127.0.0.1 if not given
  --data FOLDER    folder of the database and the secret, ./countersign-data if
                   not given

The log goes to stdout: for people on a terminal, one JSON object a line
elsewhere. SIGTERM and Ctrl-C let running requests finish; a second one does not.`

/** Serves for development: what is missing is made, and a banner says where everything is. */
export const dev = command({
  name: 'dev',
  help,
  flags: addressFlags,
  run: ({ values: { port, host, data }, terminal }) => {
    const config = loadConfig({ mode: 'dev', flags: { port, host, data } })
    return serveAlone(config, async (places, deployment) => {
      const token = await deployment.firstOwner?.invite()
      terminal.say(devBanner(terminal, places, { ...deployment, firstOwnerToken: token }))
    })
  },
})
