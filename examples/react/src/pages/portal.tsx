import { Link, useParams } from 'react-router'
import { Loading } from '../loading.tsx'
import { useApi } from '../use-api.ts'
import { useUser } from '../user.tsx'
import { NotFound } from './not-found.tsx'
import type { PortalSummary } from './portals.tsx'

interface Content {
  readonly uid: string
  readonly title: string
  readonly updated_at: string
}

export function Portal() {
  const { portal: uid } = useParams()
  const { accounts } = useUser()
  const answer = useApi<{ portals: PortalSummary[] }>(`accounts/${accounts[0]?.uid}/portals`)
  if (!answer) return <Loading />
  const portal = answer.portals.find((each) => each.uid === uid)
  if (!portal) return <NotFound />
  return (
    <>
      <title>{`${portal.title} · Roambi sign-in with React`}</title>
      <p>
        <Link to="/portals">All portals</Link>
      </p>
      <h1>{portal.title}</h1>
      <p className="lead">{portal.description}</p>
      <Contents of={portal} />
    </>
  )
}

function Contents({ of: { uid } }: { of: PortalSummary }) {
  const { accounts } = useUser()
  const path = `accounts/${accounts[0]?.uid}/portals/${uid}/contents`
  const answer = useApi<{ contents: Content[] }>(path)
  if (!answer) return <Loading />
  return (
    <ul className="card contents">
      {answer.contents.map(({ uid, title, updated_at }) => (
        <li key={uid}>
          {title}
          <time dateTime={updated_at} className="quiet">
            {day.format(new Date(updated_at))}
          </time>
        </li>
      ))}
    </ul>
  )
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })
