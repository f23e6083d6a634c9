export type { Auth } from './auth.ts'
export { authorize, type Requirements } from './authorize.ts'
export {
  createGuard,
  type Guard,
  type GuardOptions,
  type GuardStatus,
  type RevocationOptions,
} from './guard.ts'
export { Refusal, type RefusalCode } from './refusal.ts'
