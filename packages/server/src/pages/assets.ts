import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { escapeMarkup } from '../markup.ts'

/** A file in memory, ready to be sent. */
export interface Asset {
  text: string
  contentType: string
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Address -> file. Only what stands here has a route, so no address can lead to another file. */
const files = {
  '/': 'home.html',
  '/docs': 'docs.html',
  '/favicon.svg': 'favicon.svg',
  '/assets/base.css': 'base.css',
  '/assets/account.css': 'account.css',
  '/assets/home.css': 'home.css',
  '/assets/docs.css': 'docs.css',
  '/assets/operation.css': 'operation.css',
  '/assets/outbox.css': 'outbox.css',
  '/assets/home.js': 'home.js',
  '/assets/docs.js': 'docs.js',
  '/assets/answer.js': 'answer.js',
  '/assets/copy.js': 'copy.js',
  '/assets/curl.js': 'curl.js',
  '/assets/dom.js': 'dom.js',
  '/assets/json.js': 'json.js',
  '/assets/operations.js': 'operations.js',
  '/assets/reference.js': 'reference.js',
  '/assets/schema.js': 'schema.js',
  '/assets/tokens.js': 'tokens.js',
  '/assets/try.js': 'try.js',
} as const

/** An address that a file is served at. */
export type AssetPath = keyof typeof files

/**
 * Reads all files once.
 * @param values what stands in for `%name%` in the pages
 */
export function readAssets(values: Readonly<Record<string, string>>): Map<AssetPath, Asset> {
  const entries = Object.entries(files) as [AssetPath, string][]
  return new Map(entries.map(([path, file]) => [path, readAsset(file, values)]))
}

function readAsset(file: string, values: Readonly<Record<string, string>>): Asset {
  const source = readFileSync(new URL(`./assets/${file}`, import.meta.url), 'utf8')
  const text = extname(file) === '.html' ? fill(source, values) : source
  return { text, contentType: contentTypes[extname(file)] ?? '' }
}

function fill(page: string, values: Readonly<Record<string, string>>): string {
  return page.replace(/%(\w+)%/g, (_, name: string) => escapeMarkup(values[name] ?? ''))
}
