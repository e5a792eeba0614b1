/**
 * A local Roambi Business, with levers for faults.
 *
 * @module @roambi-auth/sandbox
 */

export { account } from './directory.ts'
export type { Fault, FaultAnswer, FaultPlace, NamedFault } from './faults.ts'
export type { ApiRequest, TokenRequest } from './journal.ts'
export type { FailOptions, Levers } from './levers.ts'
export type { Parameters } from './parameters.ts'
export { type Sandbox, startSandbox } from './sandbox.ts'
export {
  type AdjustableSettings,
  defaults,
  type Rotation,
  type SandboxOptions,
  type Settings,
} from './settings.ts'
