import { readFileSync } from 'node:fs'
import type { Given, Sentences } from './environment.ts'

/** The client secret from its variable, or from the file that its other variable names. */
export function readClientSecret(
  { ROAMBI_CLIENT_SECRET: secret, ROAMBI_CLIENT_SECRET_FILE: file }: Given,
  sentences: Sentences,
): string {
  const explain = (sentence: string) => {
    sentences.set('ROAMBI_CLIENT_SECRET', sentence)
    return ''
  }
  if (secret && file) {
    return explain('ROAMBI_CLIENT_SECRET and ROAMBI_CLIENT_SECRET_FILE are both set: keep one.')
  }
  if (secret) return secret
  if (!file) return explain('ROAMBI_CLIENT_SECRET or ROAMBI_CLIENT_SECRET_FILE must be set.')
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return explain('ROAMBI_CLIENT_SECRET_FILE names a file that can not be read.')
  }
}
