import { expect, test } from 'vitest'
import { createBrowser, createServer, createTime, goodFate } from './world.ts'

test("a tab follows another's cookie, which it sees later than the word of it", async () => {
  const time = createTime()
  const server = createServer(time)
  const browser = createBrowser(time)
  const seen: Record<string, string> = {}
  const open = (tab: string, other: string) =>
    browser.open(
      tab,
      server.fetchFor(tab, () => goodFate),
      {
        storage: {
          getItem: () => seen[tab] ?? null,
          setItem(_, text) {
            seen[tab] = text
            time.after(60, other, () => Object.assign(seen, { [other]: text }))
          },
        },
      },
    )
  const [first, second] = [open('first', 'second'), open('second', 'first')]
  void first.login({ username: 'alice', password: 'x' })
  await time.pass(1000)
  expect(second.user?.username).toBe('älice')
  void second.logout()
  await time.pass(1000)
  expect(first.session).toBeNull()
})
