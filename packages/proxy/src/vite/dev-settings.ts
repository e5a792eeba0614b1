// The settings of the proxy in a dev server, by the names and rules of the program.

import { type Given, withoutUnset } from '../program/environment.ts'
import { InvalidSettings, type Sentences } from '../program/invalid-settings.ts'
import { readOptions } from '../program/settings.ts'
import { randomSealingKey } from '../sealing/sealing-keys.ts'
import type { ServerSettings } from '../server.ts'
import type { DevEnvironment } from './dev-environment.ts'
import { type RoambiPluginOptions, variableOf } from './plugin-options.ts'

export interface DevFacts {
  /** Where browsers open the app. */
  readonly publicUrl: string
  /** Where on it the pages are, such as `/`. */
  readonly base: string
  /** Roambi's stand-in, if there is one. */
  readonly sandbox?: SandboxFacts | undefined
}

interface SandboxFacts {
  readonly apiUrl: string
  readonly client: { readonly clientId: string; readonly clientSecret: string }
}

/** Options go over the environment, and that over what follows from the server. Throws InvalidSettings. */
export function readDevSettings(
  facts: DevFacts,
  environment: DevEnvironment,
  options: RoambiPluginOptions,
): ServerSettings {
  const sentences: Sentences = new Map()
  const named = namedByVariable(options)
  const given = {
    ...derivedFrom(facts, environment),
    ...environment,
    ...named,
    ...(facts.sandbox && ofSandbox(facts.sandbox)),
  }
  const settings = readOptions(withoutUnset(given), undefined, sentences).options
  checkPagesClient(environment, given.ROAMBI_CLIENT_ID, sentences)
  if (sentences.size > 0) throw new InvalidSettings(inTheNamesOfOptions(sentences, named))
  const { timeouts, retryPause } = options
  return {
    ...settings,
    ...withoutUnset({ timeouts, retryPause }),
    logLevel: 'warn',
    // Vite's own work holds up the loop that it shares with the proxy.
    maxEventLoopDelay: 0,
  }
}

function derivedFrom({ publicUrl, base }: DevFacts, environment: DevEnvironment) {
  const pages = [`${publicUrl}/callback.html`, `${publicUrl}${base}callback.html`]
  return {
    ROAMBI_CLIENT_ID: environment.VITE_ROAMBI_CLIENT_ID,
    PROXY_PUBLIC_URL: publicUrl,
    PROXY_REDIRECT_URIS: [...new Set(pages)],
    PROXY_ALLOWED_ORIGINS: [publicUrl],
    ...(!environment.PROXY_SEALING_KEYS_FILE && { PROXY_SEALING_KEYS: sealingKey }),
  }
}

// Outlives each server of this process, since Vite starts another one whenever its config is saved.
const sealingKey = randomSealingKey()

function ofSandbox({ apiUrl, client: { clientId, clientSecret } }: SandboxFacts) {
  return {
    ROAMBI_API_URL: apiUrl,
    ROAMBI_CLIENT_ID: clientId,
    ROAMBI_CLIENT_SECRET: clientSecret,
    ROAMBI_CLIENT_SECRET_FILE: undefined,
  }
}

function namedByVariable(options: RoambiPluginOptions): Given {
  const named = Object.entries(variableOf).map(([option, variable]) => [
    variable,
    options[option as keyof typeof variableOf],
  ])
  return withoutUnset(Object.fromEntries(named))
}

/** The page is told VITE_ROAMBI_CLIENT_ID, and the proxy this one. */
function checkPagesClient(
  { VITE_ROAMBI_CLIENT_ID: ofPage }: DevEnvironment,
  clientId: unknown,
  sentences: Sentences,
): void {
  if (!ofPage || !clientId || ofPage === clientId) return
  sentences.set(
    'VITE_ROAMBI_CLIENT_ID',
    'VITE_ROAMBI_CLIENT_ID is another one than ROAMBI_CLIENT_ID: keep one of them.',
  )
}

/** A sentence about what was given as an option names the option. */
function inTheNamesOfOptions(sentences: Sentences, named: Given): string[] {
  const options = Object.entries(variableOf).filter(([, variable]) => variable in named)
  const optionOf = new Map<string, string>(options.map(([option, variable]) => [variable, option]))
  const said = [...sentences].map(([name, sentence]) =>
    sentence.replace(name, optionOf.get(name) ?? name),
  )
  return sentences.has('ROAMBI_CLIENT_SECRET') ? [...said, withoutSecret] : said
}

const withoutSecret =
  'Such settings can stand in .env.local. Without any, roambi({ sandbox: true }) starts a Roambi of its own.'
