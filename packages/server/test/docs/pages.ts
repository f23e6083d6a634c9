import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Where the repository begins. */
export const root = join(import.meta.dirname, '../../../..')

/** The pages of the packages that others install. */
export const packagePages: readonly string[] = ['packages/client/README.md', 'packages/guard/README.md']

/** Every page that a reader may open, by its path from the root. */
export const pages: readonly string[] = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...['docs', 'examples'].flatMap(pagesIn),
  // Those of the published packages: they are read beside the code, and where the package is all there is.
  ...packagePages,
]

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => join(folder, file))
    .sort()
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** A fenced part of a page. */
export interface CodeBlock {
  language: string
  text: string
}

export function codeBlocksOf(page: string): CodeBlock[] {
  return [...readPage(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))
}

/** The headings of a page, without the signs before them. */
export function headingsOf(page: string): string[] {
  return [...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
}

/** Where the links of a page lead: a path from the root, a heading's anchor behind `#`, or both; not into the web. */
export function linksOf(page: string): { path: string; anchor: string }[] {
  const targets = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#')
      return { path: path === '' ? page : relative(root, join(root, dirname(page), path)), anchor }
    })
}

/** What is wrong with a link, undefined for a good one. */
export function linkFault({ path, anchor }: { path: string; anchor: string }): string | undefined {
  if (!existsSync(join(root, path))) return `${path} is not there`
  if (anchor === '' || headingsOf(path).some((heading) => anchorOf(heading) === anchor)) return undefined
  return `${path} has no heading for #${anchor}`
}

function withoutCode(page: string): string {
  return readPage(page).replace(/^```[\s\S]*?^```$/gm, '')
}

/** The anchor of a heading, as the hosts of repositories make it: lower case, spaces to hyphens, other signs left out. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}
