/** Options of the plugin. */
export interface RoambiProxyOptions {
  /** The Consumer Key of the API client that is registered with Roambi. */
  clientId: string
  /** The Consumer Secret. It goes to `apiUrl`'s `/token` and nowhere else. */
  clientSecret: string
  /** Base of the Roambi API. https, or http on a loopback host. Default `https://api.roambi.com/1`. */
  apiUrl?: string
  /** The redirect URIs that the app may use, compared character by character. */
  redirectUris: readonly string[]
  /** The origins of the app, such as `https://app.example.com`, compared character by character. */
  allowedOrigins: readonly string[]
  /** Whether other requests under `/1/` that carry an access token are forwarded. Default `true`. */
  forwardApi?: boolean
  /** How long the upstream may take. */
  timeouts?: Partial<Timeouts>
  /** Longest pause before the one repetition of a token request, in ms. Default 500. */
  retryPause?: number
}

/** All in ms. */
export interface Timeouts {
  /** For a connection to the upstream. Default 3000. */
  connect: number
  /** For a token request in all, its repetition included. Default 10000. */
  token: number
  /** For the upstream's silence in a forwarded request. Default 30000. */
  api: number
}

export interface CheckedOptions extends Required<RoambiProxyOptions> {
  readonly timeouts: Timeouts
}

/** Thrown at registration; its message names each option that is wrong, and never quotes a value. */
export class InvalidOptions extends Error {
  override readonly name = 'InvalidOptions'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ option, problem }) => `${option} ${problem}`).join('; '))
    this.problems = problems
  }
}

/** What is wrong with an option, as `option problem` reads: `clientId must be printable ASCII`. */
export interface Problem {
  readonly option: keyof RoambiProxyOptions
  readonly problem: string
}

/** Fills in the defaults. Throws InvalidOptions. */
export function checkOptions({
  clientId,
  clientSecret,
  apiUrl = 'https://api.roambi.com/1',
  redirectUris,
  allowedOrigins,
  forwardApi = true,
  timeouts: { connect = 3_000, token = 10_000, api = 30_000 } = {},
  retryPause = 500,
}: RoambiProxyOptions): CheckedOptions {
  const options: CheckedOptions = {
    clientId,
    clientSecret,
    apiUrl,
    redirectUris,
    allowedOrigins,
    forwardApi,
    timeouts: { connect, token, api },
    retryPause,
  }
  const problems = rules.filter(({ option, holds }) => !holds(options[option]))
  if (problems.length > 0) throw new InvalidOptions(problems)
  return { ...options, apiUrl: apiUrl.replace(/\/+$/, '') }
}

interface Rule extends Problem {
  readonly holds: (value: unknown) => boolean
}

const rules: readonly Rule[] = [
  { option: 'clientId', problem: 'must be printable ASCII', holds: isPrintable },
  { option: 'clientSecret', problem: 'must be printable ASCII', holds: isPrintable },
  {
    option: 'apiUrl',
    problem: 'must be an https URL without query and fragment (http on a loopback host only)',
    holds: isApiUrl,
  },
  {
    option: 'redirectUris',
    problem: 'must list at least one URI, each whole (https://… or http://…) and without fragment',
    holds: (value) => isListOf(value, isRedirectUri),
  },
  {
    option: 'allowedOrigins',
    problem:
      'must list at least one origin, each like https://app.example.com, without path, slash or *',
    holds: (value) => isListOf(value, isOrigin),
  },
]

function isPrintable(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)
}

function isApiUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value) || /[?#]/.test(value)) return false
  const { protocol, hostname, username, password } = new URL(value)
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return (protocol === 'https:' || (protocol === 'http:' && isLoopback)) && !username && !password
}

function isListOf(value: unknown, holds: (entry: string) => boolean): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((entry) => typeof entry === 'string' && holds(entry))
  )
}

function isRedirectUri(entry: string): boolean {
  return /^https?:\/\//.test(entry) && URL.canParse(entry) && !entry.includes('#')
}

function isOrigin(entry: string): boolean {
  return URL.canParse(entry) && new URL(entry).origin === entry && !entry.includes('*')
}
