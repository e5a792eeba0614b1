import type { Sandbox } from '@roambi-auth/sandbox'
import { endpointsOf } from '../endpoints.ts'
import type { ServerSettings } from '../server.ts'
import { readEnvironment } from './dev-environment.ts'
import { readDevSettings } from './dev-settings.ts'
import { type RoambiPluginOptions, sandboxSettings } from './plugin-options.ts'
import { chosenPublicUrl, listeningOrigin, type Server } from './public-url.ts'
import { takeSandbox } from './sandboxes.ts'

/** What the options and the environment come to for one server of Vite. */
export interface Setup {
  readonly sandbox: Sandbox | undefined
  /** Whether the address is the server's own, and not one that somebody has chosen. */
  readonly hasOwnAddress: boolean
  /** Throws InvalidSettings, also before the server listens. */
  read(): Readings
  /** As far as they can be known before the server listens. Throws InvalidSettings. */
  readEarly(): void
}

export interface Readings {
  readonly settings: ServerSettings
  /** What is, or must be, registered with Roambi. */
  readonly redirectUri: string
}

export async function setUp(server: Server, options: RoambiPluginOptions): Promise<Setup> {
  const { config, httpServer } = server
  const environment = readEnvironment(config.mode, config)
  const chosen = chosenPublicUrl(server, environment, options)
  // Vitest makes a server, too, that nobody opens.
  const isOpened = chosen !== undefined || httpServer !== null
  const wanted = isOpened ? sandboxSettings(options) : undefined
  const { VITE_ROAMBI_CLIENT_ID: clientId } = environment
  let problem: unknown
  let readings: Readings | undefined
  const sandbox =
    wanted &&
    (await takeSandbox(config, { ...wanted, ...(clientId && { clientId }) }).catch((error) => {
      problem = error
      return undefined
    }))

  function readAt(publicUrl: string): Readings {
    if (problem) throw problem
    const facts = { publicUrl, base: config.base, sandbox }
    const settings = readDevSettings(facts, environment, options)
    const { callback } = endpointsOf(publicUrl, '')
    const [page = ''] = 'clients' in settings ? [] : settings.redirectUris
    return { settings, redirectUri: settings.mode === 'direct' ? page : callback }
  }

  return {
    sandbox,
    hasOwnAddress: chosen === undefined,
    read() {
      if (readings) return readings
      readings = readAt(chosen ?? listeningOrigin(server))
      sandbox?.set({ redirectUri: readings.redirectUri })
      return readings
    },
    readEarly() {
      if (isOpened) readAt(chosen ?? 'http://localhost')
    },
  }
}
