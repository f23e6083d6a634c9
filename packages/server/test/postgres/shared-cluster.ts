import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { copyPrograms, createCluster } from './cluster.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** address of the PostgreSQL that all test files share; append a database's name */
    postgresUrl: string
    /** programs for those that need one of their own */
    postgresPrograms: string
  }
}

/** One real PostgreSQL for the whole run. What is lost when the machine fails is not its business: it does not sync. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = copyPrograms()
  const cluster = await createCluster({ programs, settings: ['fsync=off', 'max_connections=400'] })
  project.provide('postgresUrl', cluster.url)
  project.provide('postgresPrograms', programs)
  return async () => {
    await cluster.remove()
    rmSync(programs, { recursive: true })
  }
}
