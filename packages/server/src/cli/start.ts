import { loadConfig } from '../config/config.ts'
import { startLine } from './banner.ts'
import { addressFlags, command } from './command.ts'
import { serve } from './serve.ts'

const help = `Usage: countersign start [--port N] [--host ADDRESS] [--data FOLDER]

Runs the server for production. It refuses unsafe settings and tells all of them
at once. It needs at least:

  COUNTERSIGN_ISSUER   the public address, for example https://auth.example.com
  COUNTERSIGN_SECRET   32 or more random characters (openssl rand -base64 48), or
                       COUNTERSIGN_SECRET_FILE, a file that holds them

  --port N         TCP port, 8000 if not given
  --host ADDRESS   address to listen on, 127.0.0.1 if not given
  --data FOLDER    folder of the database, ./countersign-data if not given

\`countersign help settings\` lists every setting; \`countersign doctor\` examines a
machine before it goes live.`

/** Serves for production: whatever is unsafe stops it before it starts. */
export const start = command({
  name: 'start',
  help,
  flags: addressFlags,
  run: ({ values: { port, host, data }, terminal }) => {
    const config = loadConfig({ mode: 'start', flags: { port, host, data } })
    return serve(config, (address, deployment) => terminal.say(startLine(address, deployment)))
  },
})
