import { Link } from 'react-router'

export function NotFound() {
  return (
    <section className="card welcome">
      <title>No such page · Roambi sign-in with React</title>
      <h1>There is no such page</h1>
      <p className="lead">The address may be old, or what it led to is not shared with you.</p>
      <Link to="/" className="button">
        To the start
      </Link>
    </section>
  )
}
