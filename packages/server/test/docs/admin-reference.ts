import { permissions } from '../../src/admin/permissions.ts'
import { listOperations, type OpenApi, type Operation } from '../contract/openapi.ts'
import { answerPart, bodyPart, refusalsOf, refusalTable } from './http-reference.ts'
import { type MadeParts, markdownTable } from './made-parts.ts'

type Parameter = { name: string; in: string; description?: string; schema?: { description?: string } }
type Described = Operation & { description?: string; parameters?: Parameter[] }

/** The made parts of the page on the API for administrators: who may do what, and every operation. */
export function adminReferenceParts(document: OpenApi): MadeParts {
  const operations = listOperations(document) as [string, Described][]
  const all = operations.map(([, operation]) => refusalsOf(operation))
  const ofAll = (all[0] ?? []).filter((code) => all.every((list) => list.includes(code)))
  return new Map([
    ['permissions', permissionTable()],
    ['any operation', refusalTable(ofAll)],
    ['operations', operations.map(([name, operation]) => operationPart(name, operation, ofAll)).join('\n\n')],
  ])
}

const roles = ['owner', 'admin', 'support', 'auditor'] as const

function permissionTable(): string {
  const rows = Object.entries(permissions).map(([name, allowed]) => [
    `\`${name}\``,
    ...roles.map((role) => ((allowed as readonly string[]).includes(role) ? 'yes' : '')),
  ])
  return markdownTable(['permission', ...roles], rows)
}

function operationPart(name: string, operation: Described, common: readonly string[]): string {
  const { summary, description, parameters = [] } = operation
  const where = { path: 'in the path', query: 'behind `?`' } as Readonly<Record<string, string>>
  const rows = parameters.map((one) => [
    `\`${one.name}\``,
    where[one.in] ?? one.in,
    one.description ?? one.schema?.description ?? '',
  ])
  const own = refusalsOf(operation).filter((code) => !common.includes(code))
  return [
    `### ${name}`,
    `${summary}. ${description ?? ''}`.trim(),
    ...(rows.length > 0 ? [markdownTable(['parameter', '', 'what it is'], rows)] : []),
    ...bodyPart(operation),
    ...answerPart(operation),
    `Refuses besides: ${own.map((code) => `\`${code}\``).join(', ') || 'nothing'}.`,
  ].join('\n\n')
}
