import type { ClientOptions, SeveralClients } from '../options.ts'
import { readClientList } from './client-list.ts'
import type { ClientList } from './config-file.ts'
import { clientVariables, type Variables } from './environment.ts'
import type { Sentences } from './invalid-settings.ts'
import { readSecrets } from './secret.ts'

/** The one client of the variables, or those of the config file. */
export function readClientOptions(
  variables: Variables,
  clientList: ClientList | undefined,
  sentences: Sentences,
): ClientOptions | SeveralClients {
  if (!clientList) return readOnlyClient(variables, sentences)
  const besides = clientVariables.filter((name) => name in variables)
  if (besides.length > 0) {
    const sentence = `clients stands in place of ${besides.join(', ')}: keep the one or the other.`
    sentences.set('clients', sentence)
  }
  return { clients: readClientList(clientList, sentences) }
}

function readOnlyClient(variables: Variables, sentences: Sentences): ClientOptions {
  const clientSecret = readSecrets('ROAMBI_CLIENT_SECRET', variables, sentences)
  if (!clientSecret && !sentences.has('ROAMBI_CLIENT_SECRET')) {
    const sentence = 'ROAMBI_CLIENT_SECRET or ROAMBI_CLIENT_SECRET_FILE must be set.'
    sentences.set('ROAMBI_CLIENT_SECRET', sentence)
  }
  return {
    clientId: variables.ROAMBI_CLIENT_ID ?? '',
    clientSecret: clientSecret ?? [],
    redirectUris: listed(variables.PROXY_REDIRECT_URIS),
    allowedOrigins: listed(variables.PROXY_ALLOWED_ORIGINS),
  }
}

/** Comma-separated, unless the config file has a list: a redirect URI may hold a comma. */
export function listed(value: string | readonly string[] = ''): readonly string[] {
  return typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : value
}
