import { type Claims, decodeStrictly } from '../../../tokens/jwt.ts'

/** A token's parts, read without believing any of them. */
export interface TokenParts {
  token: string
  header: Claims
  claims: Claims
}

/** Undefined for what is not a signed JWT in the compact form, with objects in its first two parts. */
export function takeApart(token: string): TokenParts | undefined {
  const [first = '', second = '', third, ...rest] = token.split('.')
  const header = parse(first)
  const claims = parse(second)
  return header && claims && third !== undefined && rest.length === 0 ? { token, header, claims } : undefined
}

function parse(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(decodeStrictly(part)?.toString() ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined
  } catch {
    return undefined
  }
}
