import type { AdminRole } from '../schema.ts'

/** Where a page of a long list begins: behind the row with this value of the column it is sorted by, and this id. */
export interface Position {
  value: string | number
  id: string
}

/** Users in one order. */
export interface UserQuery {
  /** by `email_canonical` those without an address are left out */
  by: 'created_at' | 'username_canonical' | 'email_canonical' | 'id'
  direction: 'asc' | 'desc'
  /** of a column of text: what it begins with */
  prefix?: string | undefined
  after?: Position | undefined
  limit: number
  /** whoever meets all of them */
  only: {
    isActive?: boolean | undefined
    isStaff?: boolean | undefined
    isVerified?: boolean | undefined
    hasEmail?: boolean | undefined
    /** `none` for users without a role, `any` for users with one */
    role?: AdminRole | 'any' | 'none' | undefined
    /** whose name begins otherwise */
    notNamed?: string | undefined
  }
}

/** Sessions, newest first. */
export interface SessionQuery {
  /** the last id of the page before */
  after?: string | undefined
  limit: number
  address?: string | undefined
  /** those that live then */
  liveAt?: number | undefined
}

/**
 * A page of a list that filters. No more than `mostScanned` rows are looked at for one page, so it may have fewer rows than
 * asked for, or none, and still not be the last.
 */
export interface Scanned<Row, Next> {
  rows: Row[]
  /** where the next page begins; undefined after the last */
  next: Next | undefined
}

export interface Page {
  /** the last id of the page before */
  after: string | undefined
  limit: number
}
