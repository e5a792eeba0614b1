import { useRoambi } from '@roambi-auth/browser/react'
import { useRef } from 'react'
import { Navigate, useLocation } from 'react-router'
import { adviceOn } from '../advice.ts'

/** Signs in, and goes on to where the user wanted to go. */
export function SignIn() {
  const { status, signInWindow, error, roambi } = useRoambi()
  const from: string = useLocation().state?.from ?? '/portals'
  const button = useRef<HTMLButtonElement>(null)
  const isSigningIn = status === 'signing-in'

  if (status === 'signed-in') return <Navigate to={from} replace />

  // Called in the click itself, or the browser would block the window. While it is open, another
  // click brings it to the front. Why a sign-in has failed is in `error`.
  const openWindow = () => roambi.login().catch(() => {})

  // Roambi's page takes the place of this one, and comes back to `from`.
  const signInHere = () => roambi.login({ display: 'redirect', returnTo: from }).catch(() => {})

  function cancel() {
    roambi.cancelLogin()
    button.current?.focus()
  }

  return (
    <section className="card welcome">
      <title>Sign in · Roambi sign-in with React</title>
      <h1>{status === 'expired' ? 'Your session has ended' : 'Sign in to go on'}</h1>
      <p className="lead">
        {status === 'expired'
          ? 'That happens when it was ended at Roambi. Sign in again to go on where you were.'
          : 'Roambi asks for your password in a window of its own. Then you are back here.'}
      </p>
      <div role="alert">{error && <p className="notice">{adviceOn(error)}</p>}</div>
      <div className="buttons">
        <button
          ref={button}
          type="button"
          className={isSigningIn ? 'primary waiting' : 'primary'}
          disabled={status === 'loading'}
          onClick={openWindow}
        >
          {isSigningIn ? labels[signInWindow ?? 'none'] : 'Sign in with Roambi'}
        </button>
        {isSigningIn ? (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button type="button" disabled={status === 'loading'} onClick={signInHere}>
            Sign in in this tab
          </button>
        )}
      </div>
      <p className="quiet" role="status">
        {isSigningIn && signInWindow && hints[signInWindow]}
      </p>
    </section>
  )
}

const labels = {
  open: 'Continue in the Roambi window',
  'maybe-closed': 'Open the Roambi window again',
  // On the way to Roambi's page in this tab, or back from it.
  none: 'Signing in…',
}

const hints = {
  open: 'Can’t see the window? Press the button again: it comes to the front, or opens anew.',
  'maybe-closed':
    'Still signing in? If you closed the window, open it again, or cancel. ' +
    'If it is still there, just go on in it.',
}
