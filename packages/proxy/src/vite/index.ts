/**
 * The proxy, and on request the sandbox, in Vite's dev server.
 *
 * @module @roambi-auth/proxy/vite
 */

export { roambi } from './plugin.ts'
export type { RoambiPluginOptions, SandboxSettings } from './plugin-options.ts'
