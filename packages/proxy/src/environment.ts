import { envSchema } from 'env-schema'
import Type from 'typebox'

/** The variables that are set. */
export type Given = Readonly<Record<string, string | undefined>>

/** What is wrong, by the name of the variable. */
export type Sentences = Map<string, string>

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

// Whether the lists and URLs are any good, the options of the plugin tell.
const schema = Type.Object({
  ROAMBI_CLIENT_ID: Type.String(),
  PROXY_PUBLIC_URL: Type.String(),
  PROXY_REDIRECT_URIS: Type.String(),
  PROXY_ALLOWED_ORIGINS: Type.String(),
  PROXY_MODE: Type.Optional(Type.Enum(['pkce', 'direct'] as const)),
  PROXY_REFRESH_TOKENS: Type.Optional(Type.Enum(['dpop', 'bearer'] as const)),
  PROXY_REFRESH_TOKEN_LIFETIME: Type.Optional(Type.Integer({ minimum: 1 })),
  PROXY_REFRESH_TOKEN_IDLE_LIFETIME: Type.Optional(Type.Integer({ minimum: 1 })),
  PROXY_FORWARD_API: Type.Optional(Type.Boolean()),
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 4001, minimum: 0, maximum: 65_535 }),
  LOG_LEVEL: Type.Enum(logLevels, { default: 'info' }),
})

const problems = {
  ROAMBI_CLIENT_ID: 'is missing: the Consumer Key',
  PROXY_PUBLIC_URL: 'is missing: where browsers reach this proxy, like https://auth.example.com',
  PROXY_REDIRECT_URIS: "is missing: the app's callback pages, comma-separated",
  PROXY_ALLOWED_ORIGINS: "is missing: the app's origins, comma-separated",
  PROXY_MODE: 'must be pkce or direct',
  PROXY_REFRESH_TOKENS: 'must be dpop or bearer',
  PROXY_REFRESH_TOKEN_LIFETIME: 'must be a whole number of seconds above 0',
  PROXY_REFRESH_TOKEN_IDLE_LIFETIME: 'must be a whole number of seconds above 0',
  PROXY_FORWARD_API: 'must be true or false',
  PORT: 'must be a whole number, 0 to 65535',
  LOG_LEVEL: `must be one of ${logLevels.join(', ')}`,
} satisfies Record<Exclude<keyof typeof schema.properties, 'HOST'>, string>

/** Those that the options of the plugin do not cover. */
export interface Variables {
  readonly PROXY_MODE?: 'pkce' | 'direct'
  readonly PROXY_REFRESH_TOKENS?: 'dpop' | 'bearer'
  readonly PROXY_REFRESH_TOKEN_LIFETIME?: number
  readonly PROXY_REFRESH_TOKEN_IDLE_LIFETIME?: number
  readonly PROXY_FORWARD_API?: boolean
  readonly HOST: string
  readonly PORT: number
  readonly LOG_LEVEL: string
}

/** Fills in the defaults; adds a sentence for each variable that is missing or malformed. */
export function checkVariables(given: Given, sentences: Sentences): Variables | undefined {
  try {
    return envSchema<Variables>({ schema, data: given, env: false })
  } catch (error) {
    for (const { instancePath, params } of schemaErrors(error)) {
      const variable = params.missingProperty ?? instancePath.slice(1)
      sentences.set(variable, `${variable} ${problems[variable as keyof typeof problems]}.`)
    }
    return undefined
  }
}

interface SchemaError {
  readonly instancePath: string
  readonly params: { readonly missingProperty?: string }
}

function schemaErrors(error: unknown): readonly SchemaError[] {
  if (error instanceof Error && 'errors' in error) return error.errors as SchemaError[]
  throw error
}
