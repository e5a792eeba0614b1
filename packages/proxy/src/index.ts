export { InvalidOptions, type Problem, type RoambiProxyOptions, type Timeouts } from './options.ts'
export { roambiProxy } from './plugin.ts'
export { createServer, type ServerSettings } from './server.ts'
