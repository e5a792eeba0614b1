import type { ConfigEnv, PreviewServer } from 'vite'
import { type DevEnvironment, readEnvironment } from './dev-environment.ts'
import { type RoambiPluginOptions, sandboxSettings } from './plugin-options.ts'
import { loadSandbox } from './sandboxes.ts'

/**
 * Who the page says it is. A build never gets the sandbox's. What the app itself has set goes first,
 * and the sandbox is started with it.
 */
export async function clientIdOfPage(
  command: ConfigEnv['command'],
  { VITE_ROAMBI_CLIENT_ID, ROAMBI_CLIENT_ID }: DevEnvironment,
  options: RoambiPluginOptions,
): Promise<string | undefined> {
  const sandbox = command === 'serve' ? sandboxSettings(options) : undefined
  if (VITE_ROAMBI_CLIENT_ID) return VITE_ROAMBI_CLIENT_ID
  if (!sandbox) return options.clientId ?? ROAMBI_CLIENT_ID
  if (sandbox.clientId) return sandbox.clientId
  // Where it is not installed, the server says so.
  const loaded = await loadSandbox().catch(() => undefined)
  return loaded?.defaults.clientId
}

/** The sandbox can't be known to the pages that `vite preview` serves, unless they brought an id along. */
export function warnOfBuildWithoutId(
  { config }: PreviewServer,
  options: RoambiPluginOptions,
): void {
  const { VITE_ROAMBI_CLIENT_ID } = readEnvironment(config.mode, config)
  if (!sandboxSettings(options) || VITE_ROAMBI_CLIENT_ID) return
  config.logger.warn(
    "roambi: a build does not hold the sandbox's client id. To sign in to the sandbox here, " +
      'set VITE_ROAMBI_CLIENT_ID to any text before the build.',
  )
}
