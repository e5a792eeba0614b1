import { resolve } from 'node:path'
import { isFileServingAllowed, type ResolvedConfig } from 'vite'
import type { Sentences } from '../program/invalid-settings.ts'
import { readSecrets } from '../program/secret.ts'
import type { DevEnvironment } from './dev-environment.ts'

const secretVariables = ['ROAMBI_CLIENT_SECRET', 'PROXY_SEALING_KEYS'] as const

/** Throws an Error where Vite would write a secret into the page, or serve the file that holds it. */
export function refuseExposedSecrets(config: ResolvedConfig, environment: DevEnvironment): void {
  for (const name of Object.keys(config.env)) {
    if (isOfSecret(name)) throw new Error(`${name} ${wouldBeRead}`)
  }
  const secrets = secretsOf(environment)
  for (const [name, value] of Object.entries({ ...config.define, ...config.env })) {
    const text = JSON.stringify(value) ?? ''
    if (secrets.some((secret) => text.includes(secret))) {
      throw new Error(`${name} holds a secret, and ${wouldBeRead}`)
    }
  }
  for (const name of secretVariables) {
    const file = environment[`${name}_FILE`]
    if (file && config.command === 'serve' && isFileServingAllowed(config, resolve(file))) {
      throw new Error(`${name}_FILE ${wouldBeServed}`)
    }
  }
}

const wouldBeRead =
  'would be read by everybody who opens the app: Vite writes it into the page. ' +
  'Name it as the proxy does (ROAMBI_CLIENT_SECRET, PROXY_SEALING_KEYS), and let envPrefix be VITE_.'

const wouldBeServed =
  'names a file that Vite would serve to everybody who asks for it: ' +
  'keep it outside of the project, or list it in server.fs.deny.'

function isOfSecret(name: string): boolean {
  return /ROAMBI\w*SECRET|^[A-Z]+_CLIENT_SECRET|SEALING_?KEY/i.test(name)
}

function secretsOf(environment: DevEnvironment): readonly string[] {
  // What is wrong with a file is told where it is to be used.
  const ignored: Sentences = new Map()
  return secretVariables
    .flatMap((name) => readSecrets(name, environment, ignored) ?? [])
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((secret) => secret.length >= 8)
}
