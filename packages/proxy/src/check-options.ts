import type { Client } from './client.ts'
import { clientRules, type Problem, type Rule, rules } from './option-rules.ts'
import type { CheckedOptions, ClientOptions, RoambiProxyOptions } from './options.ts'

/** Fills in the defaults. Throws InvalidOptions. */
export function checkOptions(given: RoambiProxyOptions): CheckedOptions {
  const {
    publicUrl,
    mode = 'pkce',
    sealingKeys,
    refreshTokens = 'dpop',
    refreshTokenLifetime = 30 * day,
    refreshTokenIdleLifetime = 7 * day,
    apiUrl = 'https://api.roambi.com/1',
    forwardApi = true,
    redisUrl,
    rateLimit,
    maxConcurrent = 500,
    timeouts: { connect = 3_000, token = 10_000, api = 30_000 } = {},
    retryPause = 500,
  } = given
  const options = {
    publicUrl,
    mode,
    sealingKeys,
    refreshTokens,
    refreshTokenLifetime,
    refreshTokenIdleLifetime,
    apiUrl,
    forwardApi,
    redisUrl,
    rateLimit,
    maxConcurrent,
    timeouts: { connect, token, api },
    retryPause,
  }
  const problems = [...problemsOfClients(given), ...problemsOf(options, rules)]
  if (problems.length > 0) throw new InvalidOptions(problems)
  const clients = clientsOf(given).map(registered)
  return { ...options, clients, apiUrl: apiUrl.replace(/\/+$/, '') } as CheckedOptions
}

/** In s. */
const day = 86_400

/** Whichever way they are given. */
export function clientsOf(given: RoambiProxyOptions): readonly ClientOptions[] {
  return 'clients' in given ? given.clients : [given]
}

/** Thrown at registration; its message names each option that is wrong, and never quotes a value. */
export class InvalidOptions extends Error {
  /** Tells it from the errors of others, also where `instanceof` can't. */
  override readonly name = 'InvalidOptions'
  /** One for each option that is wrong. */
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ option, problem }) => `${option} ${problem}`).join('; '))
    this.problems = problems
  }
}

function problemsOfClients(given: RoambiProxyOptions): Problem[] {
  if (!('clients' in given)) return problemsOf(given, clientRules)
  const { clients } = given
  if (Object.keys(clientRules).some((option) => option in given)) {
    return [
      { option: 'clients', problem: `stands in place of ${Object.keys(clientRules).join(', ')}` },
    ]
  }
  if (!Array.isArray(clients) || clients.length === 0) {
    return [{ option: 'clients', problem: 'must list at least one client' }]
  }
  const ids = new Set(clients.map(({ clientId }) => clientId))
  const twice = ids.size < clients.length
  return [
    ...(twice ? [{ option: 'clients', problem: 'must not list a clientId twice' }] : []),
    ...clients.flatMap((client, index) => problemsOf(client, clientRules, `clients[${index}].`)),
  ]
}

function problemsOf(
  options: object,
  rules: Readonly<Record<string, Rule>>,
  prefix = '',
): Problem[] {
  return Object.entries(rules)
    .filter(([option, { holds }]) => !holds((options as Record<string, unknown>)[option]))
    .map(([option, { problem }]) => ({ option: prefix + option, problem }))
}

function registered({ clientSecret, ...client }: ClientOptions): Client {
  const { clientId, redirectUris, allowedOrigins } = client
  const clientSecrets = typeof clientSecret === 'string' ? [clientSecret] : clientSecret
  return { clientId, clientSecrets, redirectUris, allowedOrigins }
}
