import { createDashboard } from './dashboard.ts'
import { element } from './element.ts'
import { createReport } from './report.ts'
import { roambi } from './roambi.ts'
import { createScreens } from './screens.ts'
import { newsOf } from './session-news.ts'
import { createSignIn } from './sign-in.ts'
import { createTimeLeft } from './time-left.ts'

const report = createReport()
const screens = createScreens()
const signIn = createSignIn(report)
const timeLeft = createTimeLeft()
const dashboard = createDashboard(report)

roambi.subscribe((session, change) => {
  if (change) report.tell(...newsOf(session, change))
  if (session) signIn.cancel()
  screens.show(session)
  timeLeft.show(session)
  dashboard.show(session)
})

onClick('sign-out', roambi.logout)
onClick('load-portals', dashboard.load)

onClick('renew', async () => {
  const token = await roambi.getAccessToken()
  await roambi.getAccessToken({ rejected: token })
})

onClick('expire', async () => {
  await fetch(`${import.meta.env.VITE_SANDBOX_URL}/sandbox/expire`, { method: 'POST' })
  report.tell('news', 'The sandbox forgot the access token. Load the portals to see it renew.')
})

function onClick(id: string, task: () => Promise<void>): void {
  element(id, HTMLButtonElement).addEventListener('click', () => {
    task().catch(report.fail)
  })
}
