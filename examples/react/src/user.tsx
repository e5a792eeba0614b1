import { Outlet, useOutletContext } from 'react-router'
import { Loading } from './loading.tsx'
import { useApi } from './use-api.ts'

/** The person who is signed in, as Roambi's `user/resources` tells. */
export interface User {
  readonly name: string
  readonly primary_email: string
  readonly image_url?: string
  readonly accounts: readonly { readonly uid: string }[]
}

/** Loads the user once for all pages inside. */
export function UserOutlet() {
  const answer = useApi<{ resources: User }>('user/resources')
  return answer ? <Outlet context={answer.resources} /> : <Loading />
}

/** For pages inside of a {@link UserOutlet}. */
export function useUser(): User {
  return useOutletContext<User>()
}
