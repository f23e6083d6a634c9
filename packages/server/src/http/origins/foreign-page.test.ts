import { describe, expect, test } from 'vitest'
import { isFromForeignPage } from './foreign-page.ts'

const own = 'https://auth.example.com'
const host = 'auth.example.com'
const sites = [undefined, 'same-origin', 'none', 'same-site', 'cross-site', 'odd'] as const
const origins = [undefined, own, 'https://app.example.com', 'http://auth.example.com', 'null', ''] as const
const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'BREW'] as const

const requests = sites.flatMap((site) =>
  origins.flatMap((origin) => methods.map((method) => ({ site, origin, method }))),
)

type Asked = (typeof requests)[number]

function isLet(lets: 'trusted_pages' | 'own_pages', { site, origin, method }: Asked): boolean {
  const headers: Record<string, string | undefined> = { 'sec-fetch-site': site, origin, host }
  const trusted = [own, 'https://app.example.com']
  return !isFromForeignPage({ method, header: (name) => headers[name] }, { trusted, lets })
}

const changes = ({ method }: Asked) => !['GET', 'HEAD', 'OPTIONS'].includes(method)
const told = (asked: Asked) => JSON.stringify(asked)

describe('CSRF: whose pages are let in', () => {
  test('our own page is, whoever asks', () => {
    for (const asked of requests.filter(({ site }) => site === 'same-origin'))
      for (const lets of ['trusted_pages', 'own_pages'] as const)
        expect(isLet(lets, asked), told(asked)).toBe(true)
  })

  test('a change from another site is not, but from an origin that is trusted where those are', () => {
    const foreign = requests.filter(
      ({ site }) => site === 'cross-site' || site === 'same-site' || site === 'odd',
    )
    for (const asked of foreign.filter(changes)) {
      expect(isLet('own_pages', asked), told(asked)).toBe(false)
      const isTrusted = asked.origin === own || asked.origin === 'https://app.example.com'
      expect(isLet('trusted_pages', asked), told(asked)).toBe(isTrusted)
    }
  })

  test('with own pages alone, another site does not even read', () => {
    for (const asked of requests.filter(({ site }) => site === 'cross-site' || site === 'same-site'))
      expect(isLet('own_pages', asked), told(asked)).toBe(false)
  })

  test('what no page has sent may read, and change only where trusted pages may', () => {
    const nobodys = requests.filter(
      ({ site, origin }) => site === 'none' || (site === undefined && origin === undefined),
    )
    for (const asked of nobodys) {
      expect(isLet('own_pages', asked), told(asked)).toBe(!changes(asked))
      expect(isLet('trusted_pages', asked), told(asked)).toBe(true)
    }
  })

  test('a browser that tells its origin alone is believed for it, and for the host that it asks with own pages', () => {
    const old = requests.filter(({ site, origin }) => site === undefined && origin !== undefined)
    for (const asked of old) {
      const isTrusted = asked.origin === own || asked.origin === 'https://app.example.com'
      expect(isLet('trusted_pages', asked), told(asked)).toBe(isTrusted || !changes(asked))
      expect(isLet('own_pages', asked), told(asked)).toBe(
        isTrusted || asked.origin === 'http://auth.example.com',
      )
    }
  })

  test.each(['null', '', 'no address'])('where no host is said, an origin of "%s" is not of it', (origin) => {
    const header = (name: string) => (name === 'origin' ? origin : undefined)
    for (const method of methods)
      expect(isFromForeignPage({ method, header }, { trusted: [own], lets: 'own_pages' }), method).toBe(true)
  })

  test('but for that host, own pages lets nothing in that trusted pages does not', () => {
    for (const asked of requests)
      if (isLet('own_pages', asked) && asked.origin !== 'http://auth.example.com')
        expect(isLet('trusted_pages', asked), told(asked)).toBe(true)
  })
})
