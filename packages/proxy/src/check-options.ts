import { type Problem, rules } from './option-rules.ts'
import type { CheckedOptions, RoambiProxyOptions } from './options.ts'

/** Fills in the defaults. Throws InvalidOptions. */
export function checkOptions({
  clientId,
  clientSecret,
  publicUrl,
  redirectUris,
  allowedOrigins,
  mode = 'pkce',
  sealingKeys,
  refreshTokens = 'dpop',
  refreshTokenLifetime = 30 * day,
  refreshTokenIdleLifetime = 7 * day,
  apiUrl = 'https://api.roambi.com/1',
  forwardApi = true,
  timeouts: { connect = 3_000, token = 10_000, api = 30_000 } = {},
  retryPause = 500,
}: RoambiProxyOptions): CheckedOptions {
  const options: CheckedOptions = {
    clientId,
    clientSecret,
    publicUrl,
    redirectUris,
    allowedOrigins,
    mode,
    sealingKeys,
    refreshTokens,
    refreshTokenLifetime,
    refreshTokenIdleLifetime,
    apiUrl,
    forwardApi,
    timeouts: { connect, token, api },
    retryPause,
  }
  const names = Object.keys(rules) as (keyof typeof rules)[]
  const problems = names
    .filter((option) => !rules[option].holds(options[option]))
    .map((option) => ({ option, problem: rules[option].problem }))
  if (problems.length > 0) throw new InvalidOptions(problems)
  return { ...options, apiUrl: apiUrl.replace(/\/+$/, '') }
}

/** In s. */
const day = 86_400

/** Thrown at registration; its message names each option that is wrong, and never quotes a value. */
export class InvalidOptions extends Error {
  override readonly name = 'InvalidOptions'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ option, problem }) => `${option} ${problem}`).join('; '))
    this.problems = problems
  }
}
