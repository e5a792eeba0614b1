import { useRoambi } from '@roambi-auth/browser/react'
import { Navigate, Outlet, useLocation } from 'react-router'
import { Loading } from './loading.tsx'

/** Lets in who is signed in. Everybody else signs in first, and then comes back to this address. */
export function RequireSignIn() {
  const { status, signInWindow } = useRoambi()
  const { pathname, search, hash } = useLocation()
  if (status === 'signed-in') return <Outlet />
  // Not known yet; or back from Roambi in this tab, and signed in within a moment.
  if (status === 'loading' || (status === 'signing-in' && !signInWindow)) return <Loading />
  return <Navigate to="/sign-in" state={{ from: pathname + search + hash }} replace />
}
