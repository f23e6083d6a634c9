import { AuthError } from '../errors.ts'
import { pagePolicy } from '../http/headers.ts'
import { type AnyRoute, type HttpAnswer, type HttpRequest, route } from '../http/route.ts'
import type { Store } from '../store/store.ts'
import type { Letters } from './letters.ts'
import { letterPage, listPage, previewMarkup } from './outbox-page.ts'

interface OutboxRoutesDeps {
  config: { mode: string }
  store: Pick<Store, 'listMails' | 'findMail'>
  letters: Letters
}

const listed = 100

const page = { method: 'GET', answers: {}, page: true } as const

/**
 * Mail that stays on this machine, as its reader would see it. Development alone has these pages, and only for whoever
 * sits at the machine: what they show opens accounts.
 */
export function outboxRoutes({ config, store, letters }: OutboxRoutesDeps): AnyRoute[] {
  if (config.mode !== 'dev') return []
  const find = async (request: HttpRequest<unknown>) => {
    const mail = await store.findMail(request.param('id'))
    if (!mail) throw new AuthError('not_found')
    return { mail, opened: letters.open(mail) }
  }
  return [
    route({
      ...{ ...page, path: '/dev/outbox', name: 'Outbox', summary: 'Mail that stays here', guard: localOnly },
      handle: async () => html(listPage(await store.listMails({ after: undefined, limit: listed }), letters)),
    }),
    route({
      ...{ ...page, path: '/dev/outbox/{id}', name: 'Mail', summary: 'One mail', guard: localOnly },
      handle: async (request) => {
        const { mail, opened } = await find(request)
        return html(letterPage(mail, opened))
      },
    }),
    route({
      ...{ ...page, path: '/dev/outbox/{id}/html', name: 'Mail', summary: 'Its HTML', guard: localOnly },
      handle: async (request) => {
        const { opened } = await find(request)
        if (!('letter' in opened)) throw new AuthError('not_found')
        return html(previewMarkup(opened.letter.html), preview)
      },
    }),
  ]
}

/** The preview stands in a frame of ours, may show its own style, and may do nothing else. */
const preview = {
  'content-security-policy':
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
    "frame-ancestors 'self'",
  'x-frame-options': 'SAMEORIGIN',
}

function html(body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const policy = `${pagePolicy}; frame-src 'self'`
  return {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, ...headers },
    body,
  }
}

const loopbackAddress = /^(?:127\.\d+\.\d+\.\d+|::1)$/
/** A page elsewhere can make its own name lead here; what it cannot is to say that it is `localhost`. */
const loopbackHost = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i

/** @throws AuthError `not_found` for whoever is not at this machine, or came by another name than its own */
function localOnly(request: HttpRequest<unknown>): void {
  const isLocal =
    loopbackAddress.test(request.origin.address) && loopbackHost.test(request.header('host') ?? '')
  if (!isLocal) throw new AuthError('not_found')
}
