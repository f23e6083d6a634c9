import { spawnSync } from 'node:child_process'

/** What of Python's world is on this machine. */
export interface Installed {
  /** of the interpreter that has the packages */
  python: string
  django: string
  simplejwt: string
  /** in words for a report */
  versions: string
}

const question = `
import json, platform
import django, jwt, rest_framework, rest_framework_simplejwt
import rest_framework_simplejwt.token_blacklist
print(json.dumps({
    "django": django.__version__,
    "simplejwt": rest_framework_simplejwt.__version__,
    "versions": f"Python {platform.python_version()}, Django {django.__version__}, Django REST framework "
    f"{rest_framework.__version__}, simplejwt {rest_framework_simplejwt.__version__}, PyJWT {jwt.__version__}",
}))`

/** The system's Python is asked first: there its packages come from. */
const interpreters = ['/usr/bin/python3', 'python3']

function ask(python: string): Installed | undefined {
  const { status, stdout } = spawnSync(python, ['-c', question], { encoding: 'utf8', timeout: 60_000 })
  return status === 0 ? { python, ...(JSON.parse(stdout) as Omit<Installed, 'python'>) } : undefined
}

/** The first Python with Django, Django REST framework and simplejwt; undefined where none has them. */
export function findDjango(): Installed | undefined {
  for (const python of interpreters) {
    const installed = ask(python)
    if (installed) return installed
  }
  return undefined
}

/** What a test that needs them is called where they are missing. */
export const notInstalled = 'skipped: Python has no Django REST framework with simplejwt here'
