import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Setting } from '../../src/config/setting.ts'
import { settings } from '../../src/config/settings.ts'
import { root } from '../docs/pages.ts'

/** Every file of deploy, by its path from there. */
export const deployFiles: readonly string[] = readdirSync(join(root, 'deploy'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => statSync(join(root, 'deploy', file)).isFile())
  .sort()

export function readDeployFile(file: string): string {
  return readFileSync(join(root, 'deploy', file), 'utf8')
}

/** The names of all settings in the environment, those of their files included. */
export const settingNames: ReadonlySet<string> = new Set(
  Object.values<Setting<unknown>>(settings).flatMap(({ env, secret }) =>
    secret ? [env, `${env}_FILE`] : [env],
  ),
)

/** Whether the setting's own parser takes a value. */
export function accepts(name: string, value: string): boolean {
  const setting = Object.values<Setting<unknown>>(settings).find(({ env }) => env === name)
  return setting !== undefined && 'value' in setting.parse(value)
}
