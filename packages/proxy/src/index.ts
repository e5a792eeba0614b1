/**
 * An OAuth 2.0 authorization server of today in front of Roambi Business.
 *
 * @module @roambi-auth/proxy
 */

export { InvalidOptions } from './check-options.ts'
export {
  createReadiness,
  type Readiness,
  type ReadinessProblem,
  type ReadinessReport,
} from './operations/readiness.ts'
export type { Problem } from './option-rules.ts'
export type {
  ClientOptions,
  DeploymentOptions,
  Instruments,
  RoambiProxyOptions,
  SeveralClients,
  Timeouts,
} from './options.ts'
export { roambiProxy } from './plugin.ts'
export { createServer, type ServerOptions, type ServerSettings } from './server.ts'
