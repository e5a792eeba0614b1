import { useRoambi } from '@roambi-auth/browser/react'
import { useEffect, useRef, useState } from 'react'
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router'
import { useOnline } from './use-online.ts'

/** What all pages have around them. */
export function Layout() {
  const { status, persistence, roambi } = useRoambi()
  const [isLeftInStore, setLeftInStore] = useState(false)
  const isOnline = useOnline()
  const navigate = useNavigate()
  const main = useFocusOnNewPage()

  async function signOut() {
    // On the screen first, or the guard would take this page for the one to come back to.
    await navigate('/', { flushSync: true })
    roambi.logout().then(
      () => setLeftInStore(false),
      () => setLeftInStore(true),
    )
  }

  return (
    <>
      <header className="top">
        <Link to="/" className="brand">
          <img src="/mark.svg" alt="" width="32" height="32" />
          Roambi sign-in <span className="quiet">with React</span>
        </Link>
        <nav aria-label="Pages">
          <NavLink to="/portals">Portals</NavLink>
          <NavLink to="/profile">Profile</NavLink>
        </nav>
        {status === 'signed-in' && (
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        )}
      </header>

      <div role="alert">
        {isLeftInStore && (
          <p className="notice">
            You are signed out here, but this browser’s storage could not be reached to delete the
            session. Reload the page: if you are still signed in, sign out again.
          </p>
        )}
      </div>
      <div role="status">
        {!isOnline && (
          <p className="notice calm">
            You are offline.{' '}
            {status === 'signed-in'
              ? 'You stay signed in, and can go on when the connection is back.'
              : 'Sign in when the connection is back.'}
          </p>
        )}
        {persistence === 'memory' && (
          <p className="notice calm">
            This browser keeps no data for this page: you can sign in, and are signed in until the
            page is closed or reloaded.
          </p>
        )}
      </div>

      <main ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  )
}

/** Keyboards and screen readers go on at the top of a page that has just come. */
function useFocusOnNewPage() {
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const shown = useRef(pathname)

  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    main.current?.focus()
  }, [pathname])
  return main
}
