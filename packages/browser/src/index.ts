/**
 * Signs a user in to Roambi Business by popup, keeps the session, and calls the API.
 *
 * @module @roambi-auth/browser
 */

export { createRoambi, type Roambi } from './client.ts'
export { RoambiAuthError, type RoambiAuthErrorCode, type RoambiAuthErrorDetails } from './errors.ts'
export type { LoginOptions } from './login-options.ts'
export type { RoambiOptions } from './options.ts'
export type { Session } from './session.ts'
export type { SessionStore } from './session-store.ts'
export type { Persistence } from './shared-record.ts'
export type { Snapshot, SnapshotReason } from './snapshot.ts'
