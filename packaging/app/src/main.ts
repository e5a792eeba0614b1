import {
  createRoambi,
  type LoginOptions,
  type Roambi,
  RoambiAuthError,
  type Session,
  type Snapshot,
} from '@roambi-auth/browser'

const { clientId = '', proxyUrl = '' } = document.documentElement.dataset
const roambi: Roambi = createRoambi({ clientId, proxyUrl })

const signIn = element('sign-in')
const signOut = element('sign-out')
const user = element('user')
const options: LoginOptions = { whenBlocked: 'reject', timeout: 60_000 }

signIn.onclick = () => {
  roambi.login(options).catch((error: unknown) => {
    user.textContent = error instanceof RoambiAuthError ? error.code : String(error)
  })
}
signOut.onclick = () => roambi.logout()

roambi.subscribe(({ status, session }: Snapshot) => {
  signIn.hidden = status === 'loading' || status === 'signed-in'
  signOut.hidden = status !== 'signed-in'
  show(session)
})

async function show(session: Session | null): Promise<void> {
  user.textContent = ''
  if (!session) return
  const { resources } = await roambi.api
    .get('user/resources')
    .json<{ resources: { name: string } }>()
  user.textContent = resources.name
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found) return found
  throw new Error(`There is no #${id}.`)
}
