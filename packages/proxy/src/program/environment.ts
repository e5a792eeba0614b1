import Type from 'typebox'
import { checkMembers, type Members } from './check-members.ts'
import type { Sentences } from './invalid-settings.ts'

/** The variables that are set, as strings or as the config file has them. */
export type Given = Readonly<Record<string, unknown>>

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
const text = { form: Type.String(), malformed: 'must be a string' }
const list = {
  form: Type.Unsafe<Listed>({
    type: ['string', 'array'],
    items: { type: 'string' },
  }),
  malformed: 'must be a string, or a list of strings',
}
const seconds = {
  form: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  malformed: 'must be a whole number of seconds above 0',
}
const count = {
  form: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  malformed: 'must be a whole number above 0',
}

// Whether the lists and URLs are any good, the options of the plugin tell.
const table = {
  ROAMBI_CLIENT_ID: { ...text, missing: 'is missing: the Consumer Key' },
  ROAMBI_CLIENT_SECRET: list,
  ROAMBI_CLIENT_SECRET_FILE: text,
  ROAMBI_API_URL: text,
  PROXY_PUBLIC_URL: {
    ...text,
    missing: 'is missing: where browsers reach this proxy, like https://auth.example.com',
  },
  PROXY_REDIRECT_URIS: {
    ...list,
    missing: "is missing: the app's callback pages, comma-separated",
  },
  PROXY_ALLOWED_ORIGINS: { ...list, missing: "is missing: the app's origins, comma-separated" },
  PROXY_SEALING_KEYS: list,
  PROXY_SEALING_KEYS_FILE: text,
  PROXY_MODE: {
    form: Type.Enum(['pkce', 'direct'] as const),
    malformed: 'must be pkce or direct',
  },
  PROXY_REFRESH_TOKENS: {
    form: Type.Enum(['dpop', 'bearer'] as const),
    malformed: 'must be dpop or bearer',
  },
  PROXY_REFRESH_TOKEN_LIFETIME: seconds,
  PROXY_REFRESH_TOKEN_IDLE_LIFETIME: seconds,
  PROXY_FORWARD_API: { form: Type.Boolean(), malformed: 'must be true or false' },
  REDIS_URL: text,
  REDIS_URL_FILE: text,
  PROXY_RATE_LIMIT: count,
  PROXY_MAX_CONCURRENT: count,
  PROXY_MAX_EVENT_LOOP_DELAY: {
    form: Type.Integer({ minimum: 0 }),
    malformed: 'must be a whole number of ms, 0 or more',
  },
  PROXY_TRUSTED_PROXIES: list,
  HOST: text,
  PORT: {
    form: Type.Integer({ minimum: 0, maximum: 65_535 }),
    malformed: 'must be a whole number, 0 to 65535',
  },
  // Not 0: who means "none" by it would else get one at random.
  METRICS_PORT: {
    form: Type.Integer({ minimum: 1, maximum: 65_535 }),
    malformed: 'must be a whole number, 1 to 65535',
  },
  LOG_LEVEL: {
    form: Type.Enum(logLevels),
    malformed: `must be one of ${logLevels.join(', ')}`,
  },
} satisfies Members

/** What is set to nothing, as compose files like to do, counts as not set. */
export function withoutUnset<T extends object>(values: T): SetOnly<T> {
  const set = Object.entries(values).filter(([, value]) => !['', null, undefined].includes(value))
  return Object.fromEntries(set) as SetOnly<T>
}

type SetOnly<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** What is set, each in the form of its own. */
export interface Variables {
  readonly ROAMBI_CLIENT_ID?: string
  readonly ROAMBI_CLIENT_SECRET?: Listed
  readonly ROAMBI_CLIENT_SECRET_FILE?: string
  readonly ROAMBI_API_URL?: string
  readonly PROXY_PUBLIC_URL?: string
  readonly PROXY_REDIRECT_URIS?: Listed
  readonly PROXY_ALLOWED_ORIGINS?: Listed
  readonly PROXY_SEALING_KEYS?: Listed
  readonly PROXY_SEALING_KEYS_FILE?: string
  readonly PROXY_MODE?: 'pkce' | 'direct'
  readonly PROXY_REFRESH_TOKENS?: 'dpop' | 'bearer'
  readonly PROXY_REFRESH_TOKEN_LIFETIME?: number
  readonly PROXY_REFRESH_TOKEN_IDLE_LIFETIME?: number
  readonly PROXY_FORWARD_API?: boolean
  readonly REDIS_URL?: string
  readonly REDIS_URL_FILE?: string
  readonly PROXY_RATE_LIMIT?: number
  readonly PROXY_MAX_CONCURRENT?: number
  readonly PROXY_MAX_EVENT_LOOP_DELAY?: number
  readonly PROXY_TRUSTED_PROXIES?: Listed
  readonly HOST?: string
  readonly PORT?: number
  readonly METRICS_PORT?: number
  readonly LOG_LEVEL?: string
}

/** As a string, or as a list of the config file. */
export type Listed = string | readonly string[]

export const variableNames: readonly string[] = Object.keys(table)

/** What must be set, and what it is. */
export const requiredVariables: Readonly<Record<string, string>> = {
  ROAMBI_CLIENT_SECRET: 'the Consumer Secret, here or in a file that the next one names',
  ...Object.fromEntries(
    Object.entries(table).flatMap(([name, member]) =>
      'missing' in member ? [[name, member.missing.replace('is missing: ', '')]] : [],
    ),
  ),
}

/** Those of the one client; a list of clients stands in their place. */
export const clientVariables: readonly string[] = [
  'ROAMBI_CLIENT_ID',
  'ROAMBI_CLIENT_SECRET',
  'ROAMBI_CLIENT_SECRET_FILE',
  'PROXY_REDIRECT_URIS',
  'PROXY_ALLOWED_ORIGINS',
]

/** Adds a sentence for each variable that is missing or malformed. */
export function checkVariables(
  given: Given,
  hasClientList: boolean,
  sentences: Sentences,
): Variables {
  const required = Object.entries(table)
    .filter(
      ([name, member]) => 'missing' in member && !(hasClientList && clientVariables.includes(name)),
    )
    .map(([name]) => name)
  return checkMembers(table, given, sentences, { required })
}
