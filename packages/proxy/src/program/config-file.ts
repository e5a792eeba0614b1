import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { refuseUnknownNames } from './check-members.ts'
import { type Given, variableNames, withoutUnset } from './environment.ts'
import { InvalidSettings, type Sentences } from './invalid-settings.ts'
import { jsonFault } from './json-fault.ts'

/** The clients, as they stand in the file. */
export interface ClientList {
  readonly clients: unknown
  /** A path beside the file, wherever the program is started. */
  resolve(path: string): string
}

export interface ConfigFile {
  readonly variables: Given
  readonly clientList: ClientList | undefined
}

/** Throws InvalidSettings when nothing can be read, since all that is missing may stand there. */
export function readConfigFile(path: string, sentences: Sentences): ConfigFile {
  const { clients, ...variables } = withoutUnset(parse(readText(path)))
  refuseUnknownNames(variables, [...variableNames, 'clients'], sentences)
  const beside = (named: string) => resolve(dirname(path), named)
  return {
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => {
        const isPath = name.endsWith('_FILE') && typeof value === 'string'
        return [name, isPath ? beside(value) : value]
      }),
    ),
    clientList: clients === undefined ? undefined : { clients, resolve: beside },
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new InvalidSettings([`PROXY_CONFIG names a file that can't be read (${code}).`])
  }
}

function parse(text: string): Record<string, unknown> {
  // Some editors begin a file with a byte order mark.
  const json = text.replace(/^\ufeff/, '')
  let content: unknown
  try {
    content = JSON.parse(json)
  } catch {
    throw new InvalidSettings([
      `PROXY_CONFIG names a file that is no JSON: look at ${jsonFault(json)}.`,
    ])
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Record<string, unknown>
  }
  throw new InvalidSettings(['PROXY_CONFIG names a file that holds something else than an object.'])
}
