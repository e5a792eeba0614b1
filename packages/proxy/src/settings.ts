import { readClientSecret } from './client-secret.ts'
import { checkVariables, type Given, type Sentences } from './environment.ts'
import { checkOptions, InvalidOptions, type RoambiProxyOptions } from './options.ts'
import type { ServerSettings } from './server.ts'

export interface Settings extends ServerSettings {
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
  const options: RoambiProxyOptions = {
    clientId: given.ROAMBI_CLIENT_ID ?? '',
    clientSecret: readClientSecret(given, sentences),
    ...(given.ROAMBI_API_URL && { apiUrl: given.ROAMBI_API_URL }),
    redirectUris: list(given.PROXY_REDIRECT_URIS),
    allowedOrigins: list(given.PROXY_ALLOWED_ORIGINS),
  }
  explainOptions(options, sentences)
  if (!variables || sentences.size > 0) throw new InvalidSettings([...sentences.values()])
  return {
    ...options,
    forwardApi: variables.PROXY_FORWARD_API,
    host: variables.HOST,
    port: variables.PORT,
    logLevel: variables.LOG_LEVEL,
  }
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

const variableOf: Partial<Record<keyof RoambiProxyOptions, string>> = {
  clientId: 'ROAMBI_CLIENT_ID',
  clientSecret: 'ROAMBI_CLIENT_SECRET',
  apiUrl: 'ROAMBI_API_URL',
  redirectUris: 'PROXY_REDIRECT_URIS',
  allowedOrigins: 'PROXY_ALLOWED_ORIGINS',
}
