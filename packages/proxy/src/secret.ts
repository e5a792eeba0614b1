import { readFileSync } from 'node:fs'
import type { Given, Sentences } from './environment.ts'

/** A secret from its variable, or from the file that the variable's twin with `_FILE` names. */
export function readSecret(
  variable: 'ROAMBI_CLIENT_SECRET' | 'PROXY_SEALING_KEYS',
  given: Given,
  sentences: Sentences,
): string | undefined {
  const { [variable]: secret, [`${variable}_FILE`]: file } = given
  if (secret && file) {
    sentences.set(variable, `${variable} and ${variable}_FILE are both set: keep one.`)
  }
  if (secret || !file) return secret
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    sentences.set(variable, `${variable}_FILE names a file that can't be read.`)
    return undefined
  }
}
