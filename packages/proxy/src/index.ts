export { InvalidOptions } from './check-options.ts'
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
export { createReadiness, type Readiness, type ReadinessReport } from './readiness.ts'
export { createServer, type ServerOptions, type ServerSettings } from './server.ts'
