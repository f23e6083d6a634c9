import { afterAll, beforeAll, describe, test } from 'vitest'
import { openScenarioServer, type ScenarioServer } from './scenario.ts'
import { simplejwtTables } from './simplejwt/tables.ts'
import { tables } from './tables.ts'

for (const table of [...tables, ...simplejwtTables]) {
  describe(`${table.group}: ${table.title}`, () => {
    let server: ScenarioServer

    beforeAll(async () => {
      server = await openScenarioServer(table)
    })
    afterAll(() => server.close())

    for (const row of table.rows) test(row.name, () => server.run(row))
  })
}
