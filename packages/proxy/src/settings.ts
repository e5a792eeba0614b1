import { checkOptions, InvalidOptions } from './check-options.ts'
import { checkVariables, type Given, type Sentences } from './environment.ts'
import type { RoambiProxyOptions } from './options.ts'
import { readSecret } from './secret.ts'
import type { ServerSettings } from './server.ts'

export type Settings = ServerSettings & {
  readonly host: string
  readonly port: number
}

/** Thrown when the environment won't do: a sentence for each variable, none of which quotes a secret. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings'
  readonly sentences: readonly string[]

  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

/** Reads the settings of the program from the environment. Throws InvalidSettings. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  // A variable that is set to nothing, as compose files like to do, counts as not set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value))
  const sentences: Sentences = new Map()
  const variables = checkVariables(given, sentences)
  const clientSecret = readSecret('ROAMBI_CLIENT_SECRET', given, sentences)
  const sealingKeys = readSecret('PROXY_SEALING_KEYS', given, sentences)
  const options: RoambiProxyOptions = {
    clientId: given.ROAMBI_CLIENT_ID ?? '',
    clientSecret: clientSecret ?? '',
    publicUrl: given.PROXY_PUBLIC_URL ?? '',
    ...(given.ROAMBI_API_URL && { apiUrl: given.ROAMBI_API_URL }),
    redirectUris: list(given.PROXY_REDIRECT_URIS),
    allowedOrigins: list(given.PROXY_ALLOWED_ORIGINS),
    ...(sealingKeys !== undefined && { sealingKeys: sealingKeys.split(/[\s,]+/) }),
  }
  if (clientSecret === undefined && !sentences.has('ROAMBI_CLIENT_SECRET')) {
    const sentence = 'ROAMBI_CLIENT_SECRET or ROAMBI_CLIENT_SECRET_FILE must be set.'
    sentences.set('ROAMBI_CLIENT_SECRET', sentence)
  }
  explainOptions(options, sentences)
  if (!variables || sentences.size > 0) throw new InvalidSettings([...sentences.values()])
  return {
    ...options,
    ...withoutUnset({
      mode: variables.PROXY_MODE,
      refreshTokens: variables.PROXY_REFRESH_TOKENS,
      refreshTokenLifetime: variables.PROXY_REFRESH_TOKEN_LIFETIME,
      refreshTokenIdleLifetime: variables.PROXY_REFRESH_TOKEN_IDLE_LIFETIME,
      forwardApi: variables.PROXY_FORWARD_API,
    }),
    host: variables.HOST,
    port: variables.PORT,
    logLevel: variables.LOG_LEVEL,
  }
}

type SetOnly<T> = { [K in keyof T]?: NonNullable<T[K]> }

function withoutUnset<T extends object>(options: T): SetOnly<T> {
  const set = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(set) as SetOnly<T>
}

function list(value: Given[string] = ''): string[] {
  return value.split(',').map((entry) => entry.trim())
}

function explainOptions(options: RoambiProxyOptions, sentences: Sentences): void {
  try {
    checkOptions(options)
  } catch (error) {
    if (!(error instanceof InvalidOptions)) throw error
    for (const { option, problem } of error.problems) {
      const variable = variableOf[option] ?? option
      if (!sentences.has(variable)) sentences.set(variable, `${variable} ${problem}.`)
    }
  }
}

const variableOf: Readonly<Record<string, string>> = {
  clientId: 'ROAMBI_CLIENT_ID',
  clientSecret: 'ROAMBI_CLIENT_SECRET',
  apiUrl: 'ROAMBI_API_URL',
  publicUrl: 'PROXY_PUBLIC_URL',
  sealingKeys: 'PROXY_SEALING_KEYS',
  redirectUris: 'PROXY_REDIRECT_URIS',
  allowedOrigins: 'PROXY_ALLOWED_ORIGINS',
}
