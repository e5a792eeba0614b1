import { createConnection } from './connection.ts'
import { createDashboard } from './dashboard.ts'
import { element } from './element.ts'
import { createMemoryOnly } from './memory-only.ts'
import { createReport } from './report.ts'
import { roambi } from './roambi.ts'
import { createScreens } from './screens.ts'
import { isReadOut, newsOf, newsOfDeletion } from './session-news.ts'
import { createSignIn } from './sign-in.ts'
import { createTimeLeft } from './time-left.ts'

const report = createReport()
const screens = createScreens()
const memoryOnly = createMemoryOnly()
const signIn = createSignIn(report)
const timeLeft = createTimeLeft()
const dashboard = createDashboard(report)
const connection = createConnection(dashboard.resume)

roambi.subscribe((snapshot) => {
  const news = newsOf(snapshot)
  if (news) report.tell(...news)
  if (news && isReadOut(snapshot)) report.say(news[1])
  if (snapshot.error) report.fail(snapshot.error)
  screens.show(snapshot)
  memoryOnly.show(snapshot)
  connection.show(snapshot)
  signIn.show(snapshot)
  timeLeft.show(snapshot.session)
  dashboard.show(snapshot.session)
})

onClick('sign-out', async () => {
  const news = await roambi.logout().then(() => newsOfDeletion(), newsOfDeletion)
  report.tell(...news)
})

onClick('load-portals', async () => {
  if (await dashboard.load()) report.say('Your portals are up to date.')
})

onClick('renew', async () => {
  const token = await roambi.getAccessToken()
  await roambi.getAccessToken({ rejected: token })
  report.say('The access token is a new one.')
})

onClick('expire', async () => {
  await fetch(`${import.meta.env.VITE_SANDBOX_URL}/sandbox/expire`, { method: 'POST' })
  const news = 'The sandbox forgot the access token. Load the portals to see it renew.'
  report.tell('news', news)
  report.say(news)
})

function onClick(id: string, task: () => Promise<void>): void {
  element(id, HTMLButtonElement).addEventListener('click', () => {
    task().catch(report.fail)
  })
}
