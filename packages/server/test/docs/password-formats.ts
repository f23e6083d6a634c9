import { passwordFormats } from '../../src/passwords/formats/formats.ts'
import { frozenVectors, vectorFiles } from '../passwords/vectors.ts'
import { type MadeParts, markdownTable } from './made-parts.ts'

type Row = (typeof passwordFormats)[number]

/** The made parts of the page: the formats that are verified as they stand, and those that are wrapped first. */
export function passwordFormatParts(): MadeParts {
  const weak = passwordFormats.filter(isWeak)
  const others = passwordFormats.filter((row) => !weak.includes(row))
  const shapesOf = (row: Row) => (/[${:]/.test(row.shape) ? `\`${row.shape}\`` : row.shape)
  return new Map([
    [
      'verified',
      markdownTable(
        ['as it is stored', 'whose', 'costs at the most'],
        others.map((row) => [shapesOf(row), row.from, row.bounds]),
      ),
    ],
    [
      'wrapped',
      markdownTable(
        ['as it comes', 'whose'],
        weak.map((row) => [shapesOf(row), row.from]),
      ),
    ],
  ])
}

/** As a vector of that format shows it; every format has one. */
function isWeak({ prefix, shape, read }: Row): boolean {
  for (const { stored } of vectorFiles.flatMap(frozenVectors)) {
    const found = stored.startsWith(prefix) ? read(stored.slice(prefix.length), {}) : undefined
    if (found) return found.standing === 'weak'
  }
  if (prefix === 'wrapped$') return false
  throw new Error(`There is no vector of ${shape}`)
}
