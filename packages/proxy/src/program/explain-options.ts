import { checkOptions, InvalidOptions } from '../check-options.ts'
import type { RoambiProxyOptions } from '../options.ts'
import type { Sentences } from './invalid-settings.ts'

/** Adds what the plugin would say of its options, each under the name that the program knows it by. */
export function explainOptions(options: RoambiProxyOptions, sentences: Sentences): void {
  try {
    checkOptions(options)
  } catch (error) {
    if (!(error instanceof InvalidOptions)) throw error
    for (const { option, problem } of error.problems) {
      const name = variableOf[option] ?? option.replace(/\.clientSecret$/, '.secretFile')
      const said = name.endsWith('.secretFile') ? 'must name a file of printable ASCII' : problem
      if (!isExplained(name, sentences)) sentences.set(name, `${name} ${said}.`)
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
  redisUrl: 'REDIS_URL',
}

/** Itself, or what it is a member of. */
function isExplained(name: string, sentences: Sentences): boolean {
  const [whole = ''] = name.split('.')
  return sentences.has(name) || sentences.has(whole)
}
