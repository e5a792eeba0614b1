import { envSchema } from 'env-schema'
import type { Static, TSchema } from 'typebox'
import type { Sentences } from './invalid-settings.ts'
import { meantName } from './meant-name.ts'

/** A setting: the form of its value, and how to say that it has another one, or is not there. */
export interface Member {
  readonly form: TSchema
  readonly malformed: string
  readonly missing?: string
}

export type Members = Readonly<Record<string, Member>>

export type Values<M extends Members> = { readonly [Name in keyof M]?: Static<M[Name]['form']> }

/** Leaves out what is malformed, of which there is a sentence then. */
export function checkMembers<M extends Members>(
  members: M,
  given: Readonly<Record<string, unknown>>,
  sentences: Sentences,
  { required = Object.keys(members), place = '' }: { required?: readonly string[]; place?: string },
): Values<M> {
  const properties = Object.fromEntries(
    Object.entries(members).map(([name, { form }]) => [name, form]),
  )
  try {
    return envSchema({ schema: { type: 'object', properties, required }, data: given, env: false })
  } catch (error) {
    const well = { ...given }
    for (const { instancePath, params } of schemaErrors(error)) {
      const name = params.missingProperty ?? instancePath.split('/')[1] ?? ''
      const { malformed, missing = malformed } = members[name] as Member
      const problem = params.missingProperty ? missing : malformed
      sentences.set(place + name, `${place}${name} ${problem}.`)
      delete well[name]
    }
    return envSchema({ schema: { type: 'object', properties }, data: well, env: false })
  }
}

interface SchemaError {
  readonly instancePath: string
  readonly params: { readonly missingProperty?: string }
}

function schemaErrors(error: unknown): readonly SchemaError[] {
  if (error instanceof Error && 'errors' in error) return error.errors as SchemaError[]
  throw error
}

/** A sentence for each name that is not known, since a slip of the pen must not be silent. */
export function refuseUnknownNames(
  given: object,
  known: readonly string[],
  sentences: Sentences,
  place = '',
): void {
  for (const name of Object.keys(given).filter((name) => !known.includes(name))) {
    const meant = meantName(name, known)
    const hint = meant ? `${meant} may be meant` : `there are ${known.join(', ')}`
    sentences.set(place + name, `${place}${printable(name)} is not known: ${hint}.`)
  }
}

function printable(name: string): string {
  return name.replace(/[^\x21-\x7e]/g, '?').slice(0, 50)
}
