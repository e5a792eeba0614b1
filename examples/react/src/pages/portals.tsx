import { Link } from 'react-router'
import { Loading } from '../loading.tsx'
import { useApi } from '../use-api.ts'
import { useUser } from '../user.tsx'

/** A place where publishers put their contents. */
export interface PortalSummary {
  readonly uid: string
  readonly title: string
  readonly description?: string
}

export function Portals() {
  const { accounts } = useUser()
  const answer = useApi<{ portals: PortalSummary[] }>(`accounts/${accounts[0]?.uid}/portals`)
  return (
    <>
      <title>Portals · Roambi sign-in with React</title>
      <h1>Your portals</h1>
      {answer ? (
        <ul className="portals">
          {answer.portals.map(({ uid, title, description }) => (
            <li key={uid}>
              <Link to={uid} className="card">
                <h2>{title}</h2>
                <p className="quiet">{description}</p>
              </Link>
            </li>
          ))}
        </ul>
      ) : (
        <Loading />
      )}
    </>
  )
}
