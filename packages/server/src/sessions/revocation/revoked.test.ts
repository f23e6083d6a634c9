import { describe, expect, test } from 'vitest'
import { createRevokedSessions } from './revoked.ts'

const memoryMs = 1000

describe('the set of revoked sessions', () => {
  test('tells why a session ended, and nothing about the others', () => {
    const revoked = createRevokedSessions(memoryMs)
    revoked.add(['a', 'b'], 'reuse', 10)
    expect(revoked.reasonOf('a')).toBe('reuse')
    expect(revoked.reasonOf('b')).toBe('reuse')
    expect(revoked.reasonOf('c')).toBeUndefined()
  })

  test('takes what others ended, as often as they tell it, and counts it once', () => {
    const revoked = createRevokedSessions(memoryMs)
    const told = [
      { sessionId: 'a', revokedAt: 5, reason: 'user_disabled' as const },
      { sessionId: 'b', revokedAt: 6, reason: 'limit' as const },
    ]
    revoked.merge(told)
    revoked.merge(told)
    expect(revoked.size()).toBe(2)
    expect(revoked.reasonOf('a')).toBe('user_disabled')
  })

  test('what the store tells corrects what this process guessed', () => {
    const revoked = createRevokedSessions(memoryMs)
    revoked.add(['a'], 'logout', 7)
    revoked.merge([{ sessionId: 'a', revokedAt: 5, reason: 'user_deleted' }])
    expect(revoked.reasonOf('a')).toBe('user_deleted')
  })

  test('forgets an entry once its memory has passed, and not an instant before', () => {
    const revoked = createRevokedSessions(memoryMs)
    revoked.add(['a'], 'logout', 100)
    revoked.prune(100 + memoryMs)
    expect(revoked.reasonOf('a')).toBe('logout')
    revoked.prune(100 + memoryMs + 1)
    expect(revoked.reasonOf('a')).toBeUndefined()
    expect(revoked.size()).toBe(0)
  })

  test('never holds more than one memory of endings, however long it runs', () => {
    const revoked = createRevokedSessions(memoryMs)
    for (let now = 0; now < 100 * memoryMs; now += 10) {
      revoked.add([`session ${now}`], 'logout', now)
      revoked.prune(now)
      expect(revoked.size()).toBeLessThanOrEqual(memoryMs / 10 + 1)
    }
  })
})
