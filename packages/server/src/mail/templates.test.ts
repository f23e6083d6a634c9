import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { metrics } from '../metrics/table.ts'
import { catalogue, type Template, templates } from './catalogue.ts'
import { exampleFacts } from './examples.ts'
import { createLetters } from './letters.ts'
import { namesIn, placeholdersOf } from './placeholders.ts'
import { builtInSource } from './sources.ts'
import { readSources } from './templates.ts'

const now = 1_800_000_000_000
const site = { name: 'Example', issuer: 'https://auth.example.com' }

function lettersWith(files: Record<string, string> = {}) {
  const { sources, faults } = readSources(folderOf(files))
  return { faults, letters: createLetters({ secrets: ['s'.repeat(32)], clock: () => now, site, sources }) }
}

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-mail-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function example<T extends Template>(template: T, files: Record<string, string> = {}) {
  return lettersWith(files).letters.preview(template, exampleFacts(now)[template])
}

describe.each(templates)('%s', (template) => {
  const { subject, text, html } = example(template)

  test('leaves nothing unfilled, in words that fit its reader', () => {
    expect(`${subject}${text}${html}`).not.toMatch(/\{\{|\}\}|undefined|NaN|Invalid/)
    expect(subject.length).toBeLessThan(60)
    expect(text.split('\n').filter((line) => line.length > 76 && !line.startsWith('https://'))).toEqual([])
  })

  test('its HTML loads nothing from anywhere and runs nothing', () => {
    expect(html).not.toMatch(/<(?:img|script|link|iframe|object|form|table)\b|@import|url\(|\son\w+=/i)
    for (const [, address] of html.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(address).toMatch(/^https:\/\/auth\./)
  })

  test('text and HTML say the same', () => {
    const words = (of: string) => of.replace(/\s+/g, ' ')
    const plain = words(html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' '))
    for (const paragraph of [...catalogue[template].opening, ...catalogue[template].closing]) {
      const said = words(
        paragraph
          .replaceAll('{{site}}', 'Example')
          .replaceAll('{{username}}', 'alice')
          .replaceAll('{{role}}', 'support'),
      )
      expect(words(text)).toContain(said)
      expect(plain.replaceAll(' .', '.')).toContain(said)
    }
  })

  test('uses the placeholders that it may, and its source says them', () => {
    const source = builtInSource(template)
    const used = Object.values(source).flatMap(namesIn)
    expect(used.filter((name) => !placeholdersOf(template).includes(name))).toEqual([])
  })
})

test('a letter to an address that nobody has verified says nothing that a stranger chose', () => {
  for (const template of ['verify_email', 'change_email'] as const)
    expect(Object.values(builtInSource(template)).flatMap(namesIn)).not.toContain('username')
})

test('the metric of mails knows every template that goes through the outbox', () => {
  const { template: labels } = metrics.countersign_mails_total.labels
  expect([...labels, 'test'].sort()).toEqual([...templates, 'other'].sort())
})

describe('an operator’s texts', () => {
  const html = '<p>Hi {{ username }}: <a href="{{link}}">go</a> or {{code}} until {{expires}}</p>'

  test('stand for ours, each file for itself', () => {
    const files = {
      'reset_password.html': html,
      'reset_password.subject.txt': 'New password, {{username}}?\n',
    }
    const { subject, text, html: filled } = example('reset_password', files)
    expect(subject).toBe('New password, alice?')
    expect(text).toBe(example('reset_password').text)
    expect(filled).toMatch(
      /^<p>Hi alice: <a href="https:\/\/auth\.example\.com\/account\/reset\?token=[\w-]+">go<\/a>/,
    )
    expect(filled).toContain('or 48150421 until 15 January 2027 at 09:00 UTC</p>')
  })

  test('are filled with text, never with markup', () => {
    const { letters } = lettersWith({ 'reset_password.html': html })
    const facts = { ...exampleFacts(now).reset_password, username: `<script>alert("x")</script>'&` }
    const filled = letters.preview('reset_password', facts)
    expect(filled.html).toContain('Hi &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;:')
    expect(filled.text).toContain(`<script>alert("x")</script>'&`)
  })

  test('cannot be led out of a line, nor out of the direction of reading, by what somebody calls himself', () => {
    const { letters } = lettersWith({ 'account_exists.subject.txt': 'Hello {{username}}' })
    const { subject } = letters.preview('account_exists', { username: 'a\r\nBcc: x\u2028y\u202ez\u0000' })
    expect(subject).toBe('Hello a Bcc: x y z ')
  })

  test.each([
    [
      'an unknown placeholder',
      'test.txt',
      'At {{time}}',
      '{{time}}, which nothing fills',
      '{{site}}, {{host}}, {{when}}',
    ],
    [
      'one of another template',
      'password_changed.txt',
      '{{link}}',
      '{{link}}, which nothing fills',
      '{{device}}',
    ],
    ['no link', 'reset_password.txt', '{{code}}', 'lacks {{link}}', 'put it in'],
    ['no code', 'verify_email.html', '{{link}}', 'lacks {{code}}', 'put it in'],
    ['two lines for a subject', 'test.subject.txt', 'a\nb', 'more than one line', 'one line'],
    ['nothing', 'test.html', ' \n', 'is empty', 'take it out'],
    ['an unknown name', 'welcome.html', 'x', 'is no text of a mail', 'verify_email, reset_password'],
    ['an unknown ending', 'test.htm', 'x', 'is no text of a mail', '<template>.subject.txt'],
  ])('with %s are refused, and it is told what to do', (_, file, text, what, remedy) => {
    const [fault, ...more] = lettersWith({ [file]: text }).faults
    expect(more).toEqual([])
    expect(fault?.what).toContain(file)
    expect(fault?.what).toContain(what)
    expect(fault?.remedy).toContain(remedy)
  })

  test('that are no text, or no file, are refused', () => {
    const folder = folderOf({})
    writeFileSync(join(folder, 'test.txt'), Buffer.of(0xff, 0xfe, 0x00))
    mkdirSync(join(folder, 'test.html'))
    writeFileSync(join(folder, 'test.subject.txt'), 'x'.repeat(300_000))
    expect(
      readSources(folder)
        .faults.map(({ what }) => what.replace(`${folder}/`, ''))
        .sort(),
    ).toEqual(['test.html', 'test.subject.txt', 'test.txt'].map((file) => `${file} cannot be read.`))
  })

  test('may lie beside what editors and people leave there', () => {
    const files = { '.gitkeep': '', 'README.md': 'Our mails', 'test.txt~': '{{old}}' }
    expect(lettersWith(files).faults).toEqual([])
  })

  test('in a folder that is not there: it is told', () => {
    expect(readSources('/nowhere/at/all').faults).toMatchObject([
      { what: 'COUNTERSIGN_MAIL_TEMPLATES names /nowhere/at/all, which cannot be read.' },
    ])
  })

  test('all faults are told at once', () => {
    const { faults } = lettersWith({ 'test.txt': '{{a}} {{b}} {{a}}', 'other.txt': 'x' })
    expect(faults).toHaveLength(3)
  })
})
