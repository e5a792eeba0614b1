import { type ClientList, readConfigFile } from './config-file.ts'
import { type Given, withoutUnset } from './environment.ts'
import type { Sentences } from './invalid-settings.ts'
import { secretVariables } from './secret.ts'

export interface GatheredSettings {
  readonly given: Given
  readonly clientList: ClientList | undefined
}

/** The environment, and what the config file says beside it. Throws InvalidSettings. */
export function gatherSettings(
  environment: NodeJS.ProcessEnv,
  sentences: Sentences,
): GatheredSettings {
  const { PROXY_CONFIG: path, ...set } = withoutUnset<NodeJS.ProcessEnv>(environment)
  if (path === undefined) return { given: set, clientList: undefined }
  const { variables, clientList } = readConfigFile(path, sentences)
  return { given: { ...without(replacedBy(set), variables), ...set }, clientList }
}

/** Where the environment names a file, the secret itself of the config file counts no more, and so on. */
function replacedBy(environment: Given): readonly string[] {
  return secretVariables.flatMap((variable) => {
    const twins = [variable, `${variable}_FILE`]
    return twins.some((twin) => twin in environment) ? twins : []
  })
}

function without(names: readonly string[], variables: Given): Given {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)))
}
