export { roambi } from './plugin.ts'
export type { RoambiPluginOptions, SandboxSettings } from './plugin-options.ts'
