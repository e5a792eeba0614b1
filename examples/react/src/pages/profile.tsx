import { useRoambi } from '@roambi-auth/browser/react'
import { useUser } from '../user.tsx'

export function Profile() {
  const { session, persistence } = useRoambi()
  const { name, primary_email, image_url } = useUser()
  return (
    <section className="card">
      <title>Profile · Roambi sign-in with React</title>
      <div className="person">
        {image_url && (
          <img src={image_url} alt="" width="64" height="64" referrerPolicy="no-referrer" />
        )}
        <h1>{name}</h1>
      </div>
      <dl>
        <dt>Email</dt>
        <dd>{primary_email}</dd>
        <dt>Signed in</dt>
        <dd>{session && moment.format(session.signedInAt)}</dd>
        <dt>Access token renewed</dt>
        <dd>{session && moment.format(session.renewedAt)}</dd>
        <dt>Session kept in</dt>
        <dd>{persistence === 'memory' ? 'this page alone' : 'this browser, for all its tabs'}</dd>
      </dl>
    </section>
  )
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' })
