import { InvalidOptions } from '../check-options.ts'
import { InvalidSettings } from '../program/invalid-settings.ts'

/** What a developer can do something about, as sentences; anything else is thrown on. */
export function sentencesOf(error: unknown): readonly string[] {
  if (error instanceof InvalidSettings) return error.sentences
  if (error instanceof InvalidOptions) return [`${error.message}.`]
  throw error
}
