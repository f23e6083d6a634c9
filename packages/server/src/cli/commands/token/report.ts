import { durationText, instantText } from '../../../times.ts'
import { pairsText } from '../../terminal/table.ts'
import type { TokenReport } from './inspect.ts'

/** The whole report as one JSON object. */
export function reportJson({ kind, signature, signedBy, session, header, claims }: TokenReport): string {
  return JSON.stringify({ kind, signature, signed_by: signedBy, session, header, claims })
}

/** @param now epoch milliseconds, for how long ago and how long still */
export function reportText(report: TokenReport, now: number): string {
  const { kind, signature, signedBy, session, header, claims } = report
  return [
    pairsText([
      ['Kind', kind],
      ['Signature', signature === 'good' ? `good: ${signedBy}` : signedBy],
      ['Expiry', expiryText(claims.exp, now)],
      ['Session', session],
    ]),
    '',
    'Header',
    pairsText(
      Object.entries(header).map(([name, value]) => [name, shown(value)]),
      '  ',
    ),
    '',
    'Claims',
    pairsText(
      Object.entries(claims).map(([name, value]) => [name, `${shown(value)}${timeNote(name, value)}`]),
      '  ',
    ),
  ].join('\n')
}

/** Names of claims that hold an instant in seconds. */
const instants: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'auth_time'])

function timeNote(name: string, value: unknown): string {
  return instants.has(name) && isInstant(value) ? `  ${instantText(value * 1000)}` : ''
}

function expiryText(exp: unknown, now: number): string {
  if (!isInstant(exp)) return 'none'
  const leftMs = exp * 1000 - now
  return leftMs > 0 ? `expires in ${durationText(leftMs)}` : `expired ${durationText(-leftMs)} ago`
}

/** Epoch seconds that a date can show. */
function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < 8.64e12
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
