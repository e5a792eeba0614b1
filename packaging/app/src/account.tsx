import { createRoambi } from '@roambi-auth/browser'
import { RoambiProvider, type RoambiState, useRoambi } from '@roambi-auth/browser/react'
import type { ReactElement } from 'react'

const roambi = createRoambi({ clientId: '3d7c…', proxyUrl: 'https://auth.example.com' })

export function Account(): ReactElement {
  return (
    <RoambiProvider roambi={roambi}>
      <SignOut />
    </RoambiProvider>
  )
}

function SignOut(): ReactElement | null {
  const { status, session, roambi }: RoambiState = useRoambi()
  if (status !== 'signed-in') return null
  return (
    <button type="button" onClick={() => roambi.logout()}>
      Sign out, after {Date.now() - (session?.signedInAt ?? 0)} ms
    </button>
  )
}

// @ts-expect-error: no client
export const mistake: ReactElement = <RoambiProvider>{null}</RoambiProvider>
