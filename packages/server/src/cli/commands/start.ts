import { loadConfig } from '../../config/config.ts'
import { type Places, startLines } from '../banner.ts'
import { addressFlags, command } from '../command.ts'

const help = `Usage: countersign start [--port N] [--host ADDRESS] [--workers N]
                         [--data FOLDER]

Runs the server for production. It refuses unsafe settings and tells all of them
at once. It needs at least:

  COUNTERSIGN_ISSUER   the public address, for example https://auth.example.com
  COUNTERSIGN_SECRET   32 or more random characters (openssl rand -base64 48), or
                       COUNTERSIGN_SECRET_FILE, a file that holds them

  --port N         TCP port, 8000 if not given
  --host ADDRESS   address to listen on, 127.0.0.1 if not given
  --workers N      processes that share the port, 1 if not given; auto is one for
                   each processor. One that dies is replaced
  --data FOLDER    folder of the database, ./countersign-data if not given

SIGTERM and Ctrl-C let running requests finish, in every worker; a second one does
not. systemd is told of its start and stop (Type=notify, NotifyAccess=all).

\`countersign help settings\` lists every setting; \`countersign doctor\` examines a
machine before it goes live.`

/** Serves for production: whatever is unsafe stops it before it starts. */
export const start = command({
  name: 'start',
  help,
  flags: { ...addressFlags, workers: { type: 'string' } },
  async run({ values: { port, host, workers, data }, terminal }) {
    const config = loadConfig({ mode: 'start', flags: { port, host, workers, data } })
    const greet = (places: Places) => terminal.say(startLines(places, config))
    // Loaded apart: a primary process opens no database and answers nobody, so it need not carry what does.
    if (config.workers > 1) return (await import('./serve/primary.ts')).serveWithWorkers(config, greet)
    return (await import('./serve/alone.ts')).serveAlone(config, greet)
  },
})
