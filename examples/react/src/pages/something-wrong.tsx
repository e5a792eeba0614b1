import { useLocation, useNavigate, useRouteError } from 'react-router'
import { adviceOn } from '../advice.ts'

/** In place of a page that has failed, such as by what the API answered. */
export function SomethingWrong() {
  const error = useRouteError()
  const location = useLocation()
  const navigate = useNavigate()
  return (
    <section className="card welcome" role="alert">
      <title>Something went wrong · Roambi sign-in with React</title>
      <h1>This page could not be shown</h1>
      <p className="lead">{adviceOn(error)}</p>
      <button
        type="button"
        className="primary"
        onClick={() => navigate(location, { replace: true })}
      >
        Try again
      </button>
    </section>
  )
}
