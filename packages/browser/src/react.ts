/**
 * The session, as React likes to have it.
 *
 * @module @roambi-auth/browser/react
 */

'use client'

import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react'
import type { Roambi } from './client.ts'
import type { Snapshot } from './snapshot.ts'

const RoambiContext = createContext<Roambi | undefined>(undefined)

/** Props of {@link RoambiProvider}. */
export interface RoambiProviderProps {
  /** Made once, outside of all components. */
  readonly roambi: Roambi
  /** The app, or the part of it that uses {@link useRoambi}. */
  readonly children?: ReactNode
}

/**
 * Hands the app's client to {@link useRoambi} in all components inside. It starts nothing and ends
 * nothing: the client belongs to whoever has made it, also where React mounts twice.
 *
 * @example
 * ```tsx
 * import { createRoambi } from '@roambi-auth/browser'
 * import { RoambiProvider, useRoambi } from '@roambi-auth/browser/react'
 * import { createRoot } from 'react-dom/client'
 *
 * const roambi = createRoambi({ clientId: '3d7c…', proxyUrl: 'https://auth.example.com' })
 *
 * function App() {
 *   return <h1>{useRoambi().status}</h1>
 * }
 *
 * createRoot(document.body).render(
 *   <RoambiProvider roambi={roambi}>
 *     <App />
 *   </RoambiProvider>,
 * )
 * ```
 */
export function RoambiProvider({ roambi, children }: RoambiProviderProps): ReactElement {
  return createElement(RoambiContext.Provider, { value: roambi }, children)
}

/** What {@link useRoambi} gives: all that the app may know now, and the client. */
export interface RoambiState extends Snapshot {
  /** The client that the provider around has been given. */
  readonly roambi: Roambi
}

/**
 * Who is signed in, and the client to sign in and out with. The component is rendered again after
 * each change, here or in another tab. On a server, and while its HTML is hydrated, `status` is
 * `loading`.
 *
 * The object is the same until something changes. A renewal is a change as well, about once a day:
 * let an effect depend on `session?.signedInAt`, not on `session`, to load data once for each user.
 *
 * @example
 * ```tsx
 * import { useRoambi } from '@roambi-auth/browser/react'
 *
 * export function SignIn() {
 *   const { status, error, roambi } = useRoambi()
 *   if (status === 'signed-in') return <button onClick={() => roambi.logout()}>Sign out</button>
 *   return (
 *     <>
 *       <button onClick={() => roambi.login().catch(() => {})}>Sign in with Roambi</button>
 *       {error && <p role="alert">That did not work. Please sign in again.</p>}
 *     </>
 *   )
 * }
 * ```
 *
 * @throws Error outside of a {@link RoambiProvider}
 */
export function useRoambi(): RoambiState {
  const roambi = useContext(RoambiContext)
  if (!roambi) throw new Error(noClient)
  // Here and not in the provider: HTML that is hydrated late is still compared with the server's.
  const snapshot = useSyncExternalStore(
    roambi.subscribe,
    roambi.getSnapshot,
    roambi.getServerSnapshot,
  )
  return useMemo(() => ({ ...snapshot, roambi }), [snapshot, roambi])
}

const noClient =
  'useRoambi() found no client. Render the component that calls it inside of ' +
  '<RoambiProvider roambi={roambi}>, where roambi is what createRoambi() returned.'
