import { roambi } from './roambi.ts'

/** The person who is signed in, as `GET user/resources` tells. */
export interface User {
  readonly name?: string
  readonly primary_email?: string
  readonly image_url?: string
  readonly accounts?: readonly { readonly uid: string }[]
}

/** A place where publishers put their contents. */
export interface Portal {
  readonly title?: string
  readonly description?: string
}

export async function loadUser(signal: AbortSignal): Promise<User> {
  const answer = await roambi.api.get('user/resources', { signal }).json<{ resources: User }>()
  return answer.resources
}

export async function loadPortals(user: User, signal: AbortSignal): Promise<readonly Portal[]> {
  const account = user.accounts?.[0]
  if (!account) return []
  const path = `accounts/${encodeURIComponent(account.uid)}/portals`
  const answer = await roambi.api.get(path, { signal }).json<{ portals?: Portal[] }>()
  return answer.portals ?? []
}
