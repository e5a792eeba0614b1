import { createProxyTrust } from '../operations/trusted-proxies.ts'
import type { ServerOptions } from '../server.ts'
import { listed } from './client-settings.ts'
import { type Variables, withoutUnset } from './environment.ts'
import type { Sentences } from './invalid-settings.ts'

/** What the program's server has beside the plugin. */
export function readServerOptions(
  variables: Variables,
  sentences: Sentences,
): ServerOptions & { readonly host: string; readonly port: number } {
  const {
    HOST: host = '127.0.0.1',
    PORT: port = 4001,
    METRICS_PORT: metricsPort,
    PROXY_TRUSTED_PROXIES: trusted,
  } = variables
  if (metricsPort === port) {
    sentences.set('METRICS_PORT', 'METRICS_PORT must be another port than PORT.')
  }
  const trustedProxies = trusted === undefined ? undefined : listed(trusted)
  if (trustedProxies?.some((entry) => !canBeTrusted(entry))) {
    sentences.set('PROXY_TRUSTED_PROXIES', trustProblem)
  }
  return {
    host,
    port,
    ...withoutUnset({
      logLevel: variables.LOG_LEVEL,
      trustedProxies,
      metricsPort,
      metricsHost: metricsPort === undefined ? undefined : host,
      maxEventLoopDelay: variables.PROXY_MAX_EVENT_LOOP_DELAY,
    }),
  }
}

function canBeTrusted(entry: string): boolean {
  try {
    createProxyTrust([entry])
    return true
  } catch {
    return false
  }
}

const trustProblem =
  'PROXY_TRUSTED_PROXIES must list addresses, networks such as 10.0.0.0/8 (not all there are), ' +
  'loopback, linklocal or uniquelocal.'
