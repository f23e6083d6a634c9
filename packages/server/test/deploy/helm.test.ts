import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { version } from '../../src/version.ts'
import { root } from '../docs/pages.ts'
import { accepts, deployFiles, readDeployFile, settingNames } from './files.ts'
import { findProgram } from './proxy.ts'

const chart = 'helm/countersign'
const templates = deployFiles
  .filter((file) => file.startsWith(`${chart}/templates/`))
  .map((file) => ({ file, text: readDeployFile(file) }))
const all = templates.map(({ text }) => text).join('\n')
const values = parse(readDeployFile(`${chart}/values.yaml`)) as object

interface Schema {
  properties?: Record<string, Schema>
  additionalProperties?: unknown
}
const schema = JSON.parse(readDeployFile(`${chart}/values.schema.json`)) as Schema

/** Every path in an object, down to what has no names in it. */
function pathsOf(value: unknown, before = ''): string[] {
  const isNamed = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries = isNamed ? Object.entries(value) : []
  if (entries.length === 0) return [before]
  return entries.flatMap(([name, inner]) => pathsOf(inner, before === '' ? name : `${before}.${name}`))
}

/** What stands under a path, undefined where nothing does. */
function at<T>(tree: T, path: string, step: (node: T, name: string) => T | undefined): T | undefined {
  return path.split('.').reduce<T | undefined>((node, name) => node && step(node, name), tree)
}
const valueAt = (path: string) => at<unknown>(values, path, (node, name) => Reflect.get(Object(node), name))
/** Where the schema names no properties, any are good. */
const schemaAt = (path: string) =>
  at<Schema>(schema, path, (node, name) => (node.properties ? node.properties[name] : node))

const used = new Set([...all.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path))

describe('the chart as text', () => {
  test('is of the version of the server', () => {
    const { apiVersion, appVersion } = parse(readDeployFile(`${chart}/Chart.yaml`)) as Record<string, unknown>
    expect({ apiVersion, appVersion }).toEqual({ apiVersion: 'v2', appVersion: version })
  })

  test('uses values that are there, and all of them', () => {
    expect([...used].filter((path) => valueAt(path) === undefined)).toEqual([])
    const unused = pathsOf(values).filter(
      (path) => ![...used].some((one) => `${path}.`.startsWith(`${one}.`)),
    )
    expect(unused).toEqual([])
  })

  test('describes every value, and no other', () => {
    expect(pathsOf(values).filter((path) => schemaAt(path) === undefined)).toEqual([])
    const described = Object.keys(schema.properties ?? {}).filter((name) => name !== 'global')
    expect(described.sort()).toEqual(Object.keys(values).sort())
    expect(schema.additionalProperties).toBe(false)
  })

  test.each(templates)('$file closes what it opens', ({ text }) => {
    const actions = [...text.matchAll(/\{\{-?\s*(?!\/\*)([a-z]+)?[^}]*\}\}/g)].map(([, word]) => word)
    const opened = actions.filter((word) => ['if', 'with', 'range', 'define'].includes(word ?? ''))
    expect(actions.filter((word) => word === 'end')).toHaveLength(opened.length)
    expect(text.split('{{')).toHaveLength(text.split('}}').length)
  })

  test('includes parts that are defined, and defines none for nothing', () => {
    const names = (word: string) =>
      [...all.matchAll(new RegExp(`${word} "([\\w.]+)"`, 'g'))].map(([, one]) => one)
    expect([...new Set(names('include'))].sort()).toEqual(names('define').sort())
  })
})

interface Manifest {
  kind: string
  metadata: { name: string }
  // biome-ignore lint/suspicious/noExplicitAny: a manifest is looked into as it comes
  spec: any
}

const helm = findProgram('helm')
const needed = ['issuer=https://auth.example.com', 'secret.existing=countersign']

/** @returns what Helm says where it refuses */
function render(...set: string[]): Manifest[] | string {
  const flags = [...needed, ...set].flatMap((one) => ['--set-json', jsonOf(one)])
  const args = ['template', 'trial', join(root, 'deploy', chart), '--is-upgrade', ...flags]
  const { status, stdout, stderr } = spawnSync(helm ?? '', args, { encoding: 'utf8' })
  return status === 0 ? parseAllDocuments(stdout).map((one) => one.toJS() as Manifest) : stderr
}

/** Texts need no quotes here. */
function jsonOf(assignment: string): string {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(assignment) ?? []
  return `${name}=${/^(true|false|\d+|[[{"].*)$/.test(value) ? value : JSON.stringify(value)}`
}

function renderKinds(...set: string[]): Map<string, Manifest> {
  const rendered = render(...set)
  if (typeof rendered === 'string') throw new Error(rendered)
  return new Map(rendered.map((one) => [one.kind === 'Service' ? one.metadata.name : one.kind, one]))
}

const everything = [
  ...['ingress.enabled=true', 'autoscaling.enabled=true', 'migrationJob.enabled=true'],
  ...['networkPolicy.enabled=true', 'metrics.serviceMonitor.enabled=true'],
]

describe.skipIf(!helm)(
  helm ? 'the chart as Helm renders it' : 'the chart as Helm renders it (no helm here)',
  () => {
    test('has no kind that was not asked for', () => {
      expect([...renderKinds().keys()].sort()).toEqual([
        ...['Deployment', 'PodDisruptionBudget', 'ServiceAccount'],
        ...['trial-countersign', 'trial-countersign-management'],
      ])
      const full = [
        ...renderKinds(
          ...everything,
          'secret.existing=',
          `secret.master=${'x'.repeat(32)}`,
          'secret.databaseUrl=postgres://a@b/c',
        ).keys(),
      ]
      expect(full).toHaveLength(11)
    })

    test.each([
      'Deployment',
      'Job',
    ])('a pod of the %s is not root, and writes nowhere but where it may', (kind) => {
      const { spec } = renderKinds(...everything).get(kind)?.spec.template ?? {}
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false })
    })

    test('the environment is settings, each with something it takes, and no secret', () => {
      const deployment = renderKinds('settings={"COUNTERSIGN_TRUST_PROXY":"10.0.0.0/8"}').get('Deployment')
      const env = deployment?.spec.template.spec.containers[0].env as { name: string; value: string }[]
      expect(env.length).toBeGreaterThan(6)
      expect(new Set(env.map(({ name }) => name)).size).toBe(env.length)
      for (const { name, value } of env) {
        expect(settingNames, name).toContain(name)
        expect(name.endsWith('_FILE') || accepts(name, value), name).toBe(true)
      }
    })

    test('probes ask the management port, which the public service and the ingress do not reach', () => {
      const kinds = renderKinds(...everything)
      const [container] = kinds.get('Deployment')?.spec.template.spec.containers ?? []
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        expect(container[probe].httpGet.port).toBe('management')
      }
      expect(kinds.get('trial-countersign')?.spec.ports).toEqual([
        { name: 'http', port: 80, targetPort: 'http' },
      ])
      const [rule] = kinds.get('Ingress')?.spec.rules ?? []
      expect(rule.host).toBe('auth.example.com')
      expect(rule.http.paths[0].backend.service).toEqual({
        name: 'trial-countersign',
        port: { name: 'http' },
      })
      expect(kinds.get('NetworkPolicy')?.spec.ingress).toEqual([{ ports: [{ port: 'http' }] }])
    })

    test('a pod may take as long to stop as it needs', () => {
      const { spec } = renderKinds('shutdownDelaySeconds=20').get('Deployment')?.spec.template ?? {}
      expect(spec.terminationGracePeriodSeconds).toBe(45)
      expect(spec.containers[0].env).toContainEqual({ name: 'COUNTERSIGN_SHUTDOWN_DELAY', value: '20s' })
    })

    test('the embedded store has one pod and one volume, whatever else is asked', () => {
      const kinds = renderKinds('store=embedded', 'replicas=5', ...everything)
      expect(kinds.get('Deployment')?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
      expect(kinds.has('PersistentVolumeClaim')).toBe(true)
      for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Job'])
        expect(kinds.has(kind)).toBe(false)
    })

    test.each([
      ['issuer=', /issuer is required/],
      ['secret.existing=', /secret\.existing is required/],
      ['issuer=http://auth.example.com', /don't meet[\s\S]*issuer/],
      ['settings={"COUNTERSIGN_SECRET":"x"}', /don't meet[\s\S]*COUNTERSIGN_SECRET/],
      ['replica=3', /don't meet[\s\S]*replica\b/],
      ['store=mysql', /don't meet[\s\S]*store/],
    ])('%s is refused', (set, says) => expect(render(set)).toMatch(says))
  },
)
