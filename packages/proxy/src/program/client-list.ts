import Type from 'typebox'
import type { ClientOptions } from '../options.ts'
import { checkMembers, type Members, refuseUnknownNames } from './check-members.ts'
import type { ClientList } from './config-file.ts'
import type { Sentences } from './invalid-settings.ts'
import { noSecrets, readSecretFile } from './secret.ts'

const list = { form: Type.Array(Type.String()), malformed: 'must be a list of strings' }

const members = {
  clientId: {
    form: Type.String(),
    malformed: 'must be a string',
    missing: 'is missing: the Consumer Key',
  },
  // The secret itself has no name here: a file like this one ends up in a repository.
  secretFile: {
    form: Type.String({ minLength: 1 }),
    malformed: 'must be the path of a file',
    missing: 'is missing: the path of a file that holds the Consumer Secret',
  },
  redirectUris: { ...list, missing: "is missing: a list of the app's callback pages" },
  allowedOrigins: { ...list, missing: "is missing: a list of the app's origins" },
} satisfies Members

/** The clients of the config file, with what their files hold. */
export function readClientList(
  { clients, resolve }: ClientList,
  sentences: Sentences,
): readonly ClientOptions[] {
  if (!Array.isArray(clients)) {
    sentences.set('clients', 'clients must be a list.')
    return []
  }
  return clients.map((client, index) => readClient(client, `clients[${index}]`, resolve, sentences))
}

function readClient(
  client: unknown,
  place: string,
  resolve: ClientList['resolve'],
  sentences: Sentences,
): ClientOptions {
  const given = typeof client === 'object' && !Array.isArray(client) ? client : undefined
  if (!given) sentences.set(place, `${place} must be an object.`)
  const inside = { place: `${place}.`, required: given ? Object.keys(members) : [] }
  refuseUnknownNames(given ?? {}, Object.keys(members), sentences, inside.place)
  const {
    clientId = '',
    secretFile,
    redirectUris = [],
    allowedOrigins = [],
  } = checkMembers(members, { ...given }, sentences, inside)
  const { secrets, problem } = secretFile ? readSecretFile(resolve(secretFile)) : noSecrets
  if (problem) sentences.set(`${place}.secretFile`, `${place}.secretFile ${problem}.`)
  return { clientId, clientSecret: secrets, redirectUris, allowedOrigins }
}
