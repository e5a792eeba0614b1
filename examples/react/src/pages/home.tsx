import { Link } from 'react-router'

export function Home() {
  return (
    <>
      <title>Roambi sign-in with React</title>
      <section className="card welcome">
        <h1>Sign in, and be where you wanted to go.</h1>
        <p className="lead">
          This page is for everybody. Your portals are for you: open them, or follow a link to one,
          and after signing in you are right there.
        </p>
        <div className="buttons">
          <Link to="/portals" className="button primary">
            Open your portals
          </Link>
          <Link to="/portals/media" className="button">
            Follow a link to “Media”
          </Link>
        </div>
      </section>

      <ol className="steps">
        <li>
          <h2>Open a second tab</h2>
          <p>It is signed in as well. Sign out in one of them, and both are signed out.</p>
        </li>
        <li>
          <h2>Reload the page</h2>
          <p>The session is kept in this browser. The client secret never reaches it.</p>
        </li>
        <li>
          <h2>Come back tomorrow</h2>
          <p>The session renews itself, once for all tabs, until you sign out.</p>
        </li>
      </ol>
    </>
  )
}
