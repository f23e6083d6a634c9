/** What `createsuperuser --noinput` finds in the environment. */
export interface SuperuserVariables {
  username: string | undefined
  email: string | undefined
  password: string | undefined
}

const variables = {
  username: ['COUNTERSIGN_SUPERUSER_USERNAME', 'DJANGO_SUPERUSER_USERNAME'],
  email: ['COUNTERSIGN_SUPERUSER_EMAIL', 'DJANGO_SUPERUSER_EMAIL'],
  password: ['COUNTERSIGN_SUPERUSER_PASSWORD', 'DJANGO_SUPERUSER_PASSWORD'],
} as const

/** The names that are read; each is ours first, then the one that scripts written for Django set. */
export const superuserVariables: readonly string[] = Object.values(variables).flat()

/** Our names win over Django's; an empty variable counts as none. */
export function superuserFromEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): SuperuserVariables {
  const first = (names: readonly string[]) => names.map((name) => env[name]).find(Boolean)
  return {
    username: first(variables.username),
    email: first(variables.email),
    password: first(variables.password),
  }
}
