import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packaged, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** Why there is no browser here; undefined where there is one. */
export const noBrowser =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : 'the Chromium from npm is for Linux on x64'

/**
 * Opens the Chromium that came with the packages. It needs nothing of the machine but glibc and libgcc, which Node
 * needs too: its other libraries and a font are in the package. The first time it is unpacked (about 2 s, 220 MB).
 *
 * Of the package's own switches none is used: they turn off what the tests are about (`--disable-web-security`), or
 * put everything into one process.
 */
export async function openBrowser(): Promise<Browser> {
  const folder = await unpack()
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

/** Unpacks beside the place and moves it there whole: test files that start at once do not see half a browser. */
async function unpack(): Promise<string> {
  const root = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..')
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  const folder = join(tmpdir(), `countersign-chromium-${manifest.version}`)
  if (existsSync(folder)) return folder
  const scratch = await mkdtemp(`${folder}-`)
  await inTemporaryFolder(scratch, async () => {
    await packaged.executablePath()
    await inflate(join(root, 'bin/al2023.tar.br'))
  })
  await writeFile(join(scratch, 'fonts.conf'), fontsOf(folder))
  try {
    await rename(scratch, folder)
  } catch (error) {
    await rm(scratch, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** The package unpacks into the system's temporary folder, wherever that is. */
async function inTemporaryFolder(folder: string, work: () => Promise<void>): Promise<void> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    await work()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

/** The machine's fonts, and the package's where it has none. */
function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`
}
