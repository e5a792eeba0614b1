import type { ResolvedConfig } from 'vite'
import type { Sentences } from '../program/invalid-settings.ts'
import { readSecrets, secretVariables } from '../program/secret.ts'
import type { DevEnvironment } from './dev-environment.ts'

/** Throws an Error where Vite would write a secret into the page, served or built. */
export function refuseExposedSecrets(
  { env, define = {} }: Pick<ResolvedConfig, 'env' | 'define'>,
  environment: DevEnvironment,
): void {
  for (const name of Object.keys(env)) {
    if (isOfSecret(name)) throw new Error(`${name} ${wouldBeRead}`)
  }
  const secrets = secretsOf(environment)
  for (const [name, value] of Object.entries({ ...define, ...env })) {
    const text = JSON.stringify(value) ?? ''
    if (secrets.some((secret) => text.includes(secret))) {
      throw new Error(`${name} holds a secret of Roambi's proxy, and ${wouldBeRead}`)
    }
  }
}

const wouldBeRead =
  'would be read by everybody who opens the app: Vite writes it into the page. ' +
  'Name it as the proxy does (ROAMBI_CLIENT_SECRET, PROXY_SEALING_KEYS), and let envPrefix be VITE_.'

function isOfSecret(name: string): boolean {
  return (
    (secretVariables as readonly string[]).includes(name) ||
    /ROAMBI\w*SECRET|CLIENT_?SECRET|SEALING_?KEY/i.test(name)
  )
}

function secretsOf(environment: DevEnvironment): readonly string[] {
  // What is wrong with a file is told where it is to be used.
  const ignored: Sentences = new Map()
  return (['ROAMBI_CLIENT_SECRET', 'PROXY_SEALING_KEYS'] as const)
    .flatMap((name) => readSecrets(name, environment, ignored) ?? [])
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((secret) => secret.length >= 8)
}
