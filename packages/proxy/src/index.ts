export { InvalidOptions } from './check-options.ts'
export type { Problem } from './option-rules.ts'
export type {
  ClientOptions,
  DeploymentOptions,
  RoambiProxyOptions,
  SeveralClients,
  Timeouts,
} from './options.ts'
export { roambiProxy } from './plugin.ts'
export { createServer, type ServerOptions, type ServerSettings } from './server.ts'
