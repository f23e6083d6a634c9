import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { AuthError } from '../../src/errors.ts'
import { type Metric, metrics } from '../../src/metrics/table.ts'
import { root } from '../docs/pages.ts'
import { bearer } from '../harness.ts'
import { openFaultyStore } from '../http/faulty-store.ts'
import type { Sample } from '../metrics/exposition.ts'
import { type MeasuredServer, openMeasuredServer } from '../metrics/measured-server.ts'
import { isMatch, parseQuery, type Selector } from './promql.ts'

let measured: MeasuredServer
let samples: Sample[]
/** names of metrics, without what Prometheus appends to a histogram's */
let shown: string[]

beforeAll(async () => {
  const faulty = await openFaultyStore()
  const connections = () => ({ active: 1, idle: 1, waiting: 0 })
  const readClock = async () => measured?.server.clock() ?? 1_800_000_000_000
  measured = await openMeasuredServer({ store: { ...faulty.store, connections, readClock } })
  await use(measured)
  samples = await measured.read()
  const { text } = await measured.ask('/metrics')
  shown = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name)
})
afterAll(() => measured.close())

/** Everything that the rules look for has happened at least once. */
async function use({ server, metrics: { activeSessions } }: MeasuredServer): Promise<void> {
  const { access } = await server.session('alice')
  await server.get('/api/protected/', bearer(access))
  const { store, audit } = server.deployment
  const { findUserByName } = store
  for (const error of [new AuthError('unavailable'), new TypeError('x is undefined')]) {
    store.findUserByName = () => Promise.reject(error)
    await server.post('/api/login/', { username: 'alice', password: 'correct horse battery' })
  }
  store.findUserByName = findUserByName
  audit.record('auth.refresh.reuse_detected', {})
  audit.record('mail.sent', { template: 'reset_password' })
  activeSessions(1)
}

interface Rule {
  alert: string
  expr: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

const rules = (
  parse(readFileSync(join(root, 'deploy/prometheus/alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules)

interface Panel {
  title: string
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: { uid: string }
  targets?: { expr: string; legendFormat: string }[]
}

const dashboard = JSON.parse(readFileSync(join(root, 'deploy/grafana/countersign.json'), 'utf8')) as {
  panels: Panel[]
  templating: { list: { name: string; type: string; definition?: string }[] }
}
const panels = dashboard.panels.filter(({ type }) => type !== 'row')
const charted = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }): [string, string, string] => [title, expr, legendFormat]),
)

/** What Prometheus puts onto every series by itself. */
const ofPrometheus = ['job', 'instance', 'le']

/** What is wrong with a query: names, labels and values that no server shows. */
function faultsOf(expression: string): string[] {
  const { selectors, grouping } = parseQuery(expression)
  const known = new Set(selectors.flatMap(({ name }) => labelsOf(name)).concat(ofPrometheus))
  return [
    ...selectors.flatMap(selectorFaults),
    ...grouping.filter((label) => !known.has(label)).map((label) => `groups by ${label}`),
  ]
}

function labelsOf(name: string): string[] {
  return samples.filter((one) => one.name === name).flatMap(({ labels }) => Object.keys(labels))
}

function selectorFaults({ name, matchers }: Selector): string[] {
  if (name === 'up') return []
  const series = samples.filter((one) => one.name === name)
  if (series.length === 0) return [`${name} is not there`]
  const own = matchers.filter(({ label }) => label !== 'job' && label !== 'instance')
  return own.flatMap((one) => {
    const values = series.map(({ labels }) => labels[one.label])
    if (values.includes(undefined)) return [`${name} has no label ${one.label}`]
    const chosen = new Set(values.map((value) => isMatch(one, value ?? '')))
    return chosen.size === 2
      ? []
      : [`${name}: ${one.label}${one.operator}${one.value} chooses nothing, or all`]
  })
}

describe('deploy/prometheus/alerts.yml', () => {
  test.each(
    rules.map((rule): [string, Rule] => [rule.alert, rule]),
  )('%s asks for what is there', (_, rule) => {
    expect(faultsOf(rule.expr)).toEqual([])
    expect(rule.labels.severity).toMatch(/^(critical|warning)$/)
    expect(rule.annotations.summary?.length).toBeGreaterThan(20)
    expect(rule.annotations.description?.length).toBeGreaterThan(40)
    expect(rule.expr, 'one deployment of several must not speak for another').toContain('job="countersign"')
  })

  test.each(
    rules.map((rule): [string, Rule] => [rule.alert, rule]),
  )('%s speaks of labels it has', (_, rule) => {
    const { selectors, grouping } = parseQuery(rule.expr)
    const named = [...JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g)].map(
      ([, one = '']) => one,
    )
    const left =
      grouping.length > 0
        ? grouping
        : selectors.flatMap(({ name }) => labelsOf(name)).concat('instance', 'job')
    expect(named.filter((label) => !left.includes(label))).toEqual([])
  })

  test('has every name once', () => {
    const names = rules.map(({ alert }) => alert)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(15)
  })

  test('the configuration beside it loads it, under the name of the job that it expects', () => {
    const config = parse(readFileSync(join(root, 'deploy/prometheus/prometheus.yml'), 'utf8')) as {
      rule_files: string[]
      scrape_configs: { job_name: string }[]
    }
    expect(config.rule_files).toEqual(['alerts.yml'])
    expect(config.scrape_configs.map(({ job_name }) => job_name)).toEqual(['countersign'])
  })
})

describe('deploy/grafana/countersign.json', () => {
  test.each(charted)('%s: %s', (_, expression, legend) => {
    expect(faultsOf(expression)).toEqual([])
    const { grouping } = parseQuery(expression)
    const inLegend = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
    const left = grouping.length > 0 ? grouping : ['instance']
    expect(inLegend.filter((label) => !left.includes(label))).toEqual([])
    expect(expression).toContain('job="$job",instance=~"$instance"')
  })

  test('has its rows, in order, and in each row panels that do not lie on one another', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual([
      'At a glance',
      'Traffic',
      'Logins',
      'Refresh and sessions',
      'Mail',
      'Trail and webhooks',
      'Hashing',
      'Database and keys',
      'Process',
    ])
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24)
  })

  test('takes whatever data source one has', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance'])
    const sources = new Set(panels.map(({ datasource }) => datasource?.uid))
    expect([...sources].join()).toMatch(/^\$\{datasource\}$/)
  })
})

describe('the metrics', () => {
  test('that a used server shows are those of the table, and each has samples', () => {
    const ours = shown.filter((name) => name.startsWith('countersign_'))
    expect(ours.sort()).toEqual(Object.keys(metrics).sort())
    const names = samples.map(({ name }) => name)
    expect(ours.filter((one) => !names.some((name) => name.startsWith(one)))).toEqual([])
  })

  test('have the labels that the table says, and no value beside its lists', () => {
    for (const { name, labels } of samples.filter((one) => one.name.startsWith('countersign_'))) {
      const base = name.replace(/_(bucket|sum|count)$/, '')
      const entry: Metric = metrics[(base in metrics ? base : name) as keyof typeof metrics]
      const { le: _, ...own } = labels
      expect(Object.keys(own).sort(), name).toEqual(Object.keys(entry.labels ?? {}).sort())
      for (const [label, value] of Object.entries(own)) {
        const values = entry.labels?.[label]
        if (typeof values === 'object') expect(values, `${name}: ${label}`).toContain(value)
      }
    }
  })

  test('all are on a panel: what nobody looks at need not be counted', () => {
    const asked = charted.flatMap(([, expression]) =>
      parseQuery(expression).selectors.map(({ name }) => name),
    )
    const unseen = Object.keys(metrics).filter((one) => !asked.some((name) => name.startsWith(one)))
    expect(unseen).toEqual([])
  })
})
