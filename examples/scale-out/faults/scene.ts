import type { ScaleOut } from '../stack.ts'
import type { History } from './history.ts'
import type { Load } from './load.ts'
import type { Secrets } from './secrets.ts'
import type { Wire } from './wire.ts'

/** All that a fault can lay hands on. */
export interface Scene {
  readonly stack: ScaleOut
  /** One between each proxy and Roambi. */
  readonly wires: readonly Wire[]
  readonly load: Load
  readonly history: History
  readonly secrets: Secrets
  /** How long a fault lasts, in ms. */
  readonly span: number
}
