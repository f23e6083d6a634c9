/** What the admin API answers: the server's own types. */
export type * from '../../../server/src/admin/answers.ts'
