import type { DeploymentOptions, RoambiProxyOptions } from '../options.ts'
import type { ServerSettings } from '../server.ts'
import { readClientOptions } from './client-settings.ts'
import type { ClientList } from './config-file.ts'
import { checkVariables, type Given, type Variables, withoutUnset } from './environment.ts'
import { explainOptions } from './explain-options.ts'
import { gatherSettings } from './gathered-settings.ts'
import { InvalidSettings, type Sentences } from './invalid-settings.ts'
import { readSecrets } from './secret.ts'
import { readServerOptions } from './server-settings.ts'

export type Settings = ServerSettings & {
  readonly host: string
  readonly port: number
}

/**
 * Reads the settings of the program from the environment, and from the file that `PROXY_CONFIG` names.
 * Throws InvalidSettings.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const sentences: Sentences = new Map()
  const { given, clientList } = gatherSettings(environment, sentences)
  const { options, variables } = readOptions(given, clientList, sentences)
  const server = readServerOptions(variables, sentences)
  if (sentences.size > 0) throw new InvalidSettings([...sentences.values()])
  return { ...options, ...server }
}

/** The options of the Fastify plugin, which are of no use when there are sentences. */
export function readOptions(
  given: Given,
  clientList: ClientList | undefined,
  sentences: Sentences,
): { readonly options: RoambiProxyOptions; readonly variables: Variables } {
  const variables = checkVariables(given, clientList !== undefined, sentences)
  const options = {
    ...readDeploymentOptions(variables, sentences),
    ...readClientOptions(variables, clientList, sentences),
  }
  explainOptions(options, sentences)
  return { options, variables }
}

function readDeploymentOptions(variables: Variables, sentences: Sentences): DeploymentOptions {
  const sealingKeys = readSecrets('PROXY_SEALING_KEYS', variables, sentences)
  const [redisUrl, another] = readSecrets('REDIS_URL', variables, sentences) ?? []
  if (another) sentences.set('REDIS_URL', 'REDIS_URL must be one URL.')
  return {
    publicUrl: variables.PROXY_PUBLIC_URL ?? '',
    ...withoutUnset({
      apiUrl: variables.ROAMBI_API_URL,
      mode: variables.PROXY_MODE,
      sealingKeys: sealingKeys?.flatMap((line) => line.split(/[\s,]+/)).filter(Boolean),
      refreshTokens: variables.PROXY_REFRESH_TOKENS,
      refreshTokenLifetime: variables.PROXY_REFRESH_TOKEN_LIFETIME,
      refreshTokenIdleLifetime: variables.PROXY_REFRESH_TOKEN_IDLE_LIFETIME,
      forwardApi: variables.PROXY_FORWARD_API,
      redisUrl,
      rateLimit: variables.PROXY_RATE_LIMIT,
      maxConcurrent: variables.PROXY_MAX_CONCURRENT,
    }),
  }
}
