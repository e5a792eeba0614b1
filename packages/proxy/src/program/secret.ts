import { readFileSync } from 'node:fs'
import type { Variables } from './environment.ts'
import type { Sentences } from './invalid-settings.ts'

/** What may be told to the program by a file too, lest `docker inspect` or a crash report show it. */
export const secretVariables = ['ROAMBI_CLIENT_SECRET', 'PROXY_SEALING_KEYS', 'REDIS_URL'] as const

/** Secrets from their variable, or from the file that the variable's twin with `_FILE` names. */
export function readSecrets(
  variable: (typeof secretVariables)[number],
  variables: Variables,
  sentences: Sentences,
): readonly string[] | undefined {
  const { [variable]: secrets, [`${variable}_FILE` as const]: file } = variables
  if (secrets === undefined && file === undefined) return undefined
  if (secrets !== undefined && file !== undefined) {
    sentences.set(variable, `${variable} and ${variable}_FILE are both set: keep one.`)
    return undefined
  }
  if (file === undefined) return linesOf(secrets)
  const { problem, secrets: held } = readSecretFile(file)
  if (problem) sentences.set(variable, `${variable}_FILE ${problem}.`)
  return held
}

export interface SecretFile {
  readonly secrets: readonly string[]
  readonly problem?: string
}

export const noSecrets: SecretFile = { secrets: [] }

/** One secret a line. */
export function readSecretFile(path: string): SecretFile {
  try {
    const secrets = linesOf(readFileSync(path, 'utf8'))
    return { secrets, ...(secrets.length === 0 && { problem: 'names a file that is empty' }) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { secrets: [], problem: `names a file that can't be read (${code})` }
  }
}

function linesOf(secrets: string | readonly string[] = []): readonly string[] {
  const lines = typeof secrets === 'string' ? secrets.split(/\r?\n/) : secrets
  return [...new Set(lines.filter((line) => line.trim() !== ''))]
}
