import { lazy, type ReactElement, type ReactNode, StrictMode, Suspense, useState } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Roambi } from '../src/index.ts'
import { RoambiProvider, type RoambiState, useRoambi } from '../src/react.ts'
import { nameOfUser, renew, useBackend } from './backend.ts'
import { userAnswers } from './popup.ts'

const backend = useBackend()
const roots: Root[] = []
let page: HTMLElement

beforeEach(() => {
  page = document.createElement('main')
  document.body.append(page)
  vi.spyOn(console, 'error')
  vi.spyOn(console, 'warn')
})
afterEach(async () => {
  for (const root of roots.splice(0)) root.unmount()
  page.remove()
  // React's complaints: a loop, a mismatch, a snapshot that is not cached.
  expect(vi.mocked(console.error).mock.calls).toEqual([])
  expect(vi.mocked(console.warn).mock.calls).toEqual([])
  vi.restoreAllMocks()
})

function show(element: ReactElement): Root {
  const root = createRoot(page)
  root.render(element)
  roots.push(root)
  return root
}

/** On a machine that has much else to do. */
function until(condition: () => void): Promise<void> {
  return vi.waitFor(condition, { timeout: 10_000 })
}

async function see(text: string): Promise<void> {
  await until(() => expect(page.textContent).toBe(text))
}

function click(label: string): void {
  const button = [...page.querySelectorAll('button')].find((each) => each.textContent === label)
  if (!button) throw new Error(`There is no button "${label}" in: ${page.innerHTML}`)
  button.click()
}

function Status({ seen }: { seen?: RoambiState[] }): ReactNode {
  const state = useRoambi()
  seen?.push(state)
  return state.status
}

function Account(): ReactNode {
  const { status, error, roambi } = useRoambi()
  const [name, setName] = useState('')
  if (status !== 'signed-in') {
    const signIn = () => roambi.login().catch(() => {})
    return (
      <button type="button" onClick={signIn}>
        {error?.code ?? status}
      </button>
    )
  }
  return (
    <>
      <button type="button" onClick={async () => setName(await nameOfUser(roambi))}>
        Who?
      </button>
      <button type="button" onClick={() => roambi.logout()}>
        Sign out
      </button>
      {name}
    </>
  )
}

/** A tab that knows already whether somebody is signed in. */
async function openLoadedTab(status: 'signed-in' | 'signed-out'): Promise<Roambi> {
  const roambi = backend.openTab()
  roambi.subscribe(() => {})()
  await until(() => expect(roambi.getSnapshot().status).toBe(status))
  return roambi
}

describe.each([
  ['', (app: ReactElement) => app],
  [' in StrictMode, which mounts twice', (app: ReactElement) => <StrictMode>{app}</StrictMode>],
])('an app%s', (_, mode) => {
  it('signs its user in and out, and redeems one code for that', async () => {
    show(
      mode(
        <RoambiProvider roambi={backend.openTab()}>
          <Account />
        </RoambiProvider>,
      ),
    )
    await see('signed-out')
    userAnswers(() => ({ code: backend.sandbox.issueCode() }))
    click('signed-out')
    await see('Who?Sign out')
    click('Who?')
    await see('Who?Sign outJoan Harris')
    click('Sign out')
    await see('signed-out')
    expect(globalThis.open).toHaveBeenCalledOnce()
    expect(backend.sent()).toEqual(['authorization_code'])
  })

  it('shows why a sign-in has failed', async () => {
    show(
      mode(
        <RoambiProvider roambi={backend.openTab()}>
          <Account />
        </RoambiProvider>,
      ),
    )
    await see('signed-out')
    userAnswers(() => ({ error: 'access_denied' }))
    click('signed-out')
    await see('access_denied')
  })

  it('is told what another tab does', async () => {
    const other = backend.openTab()
    show(
      mode(
        <RoambiProvider roambi={backend.openTab()}>
          <Status />
        </RoambiProvider>,
      ),
    )
    await see('signed-out')
    await backend.signIn(other)
    await see('signed-in')
    await other.logout()
    await see('signed-out')
  })

  it('leaves the client as it is when it is taken off the page', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const app = mode(
      <RoambiProvider roambi={roambi}>
        <Status />
      </RoambiProvider>,
    )
    const root = show(app)
    await see('signed-in')
    root.render(null)
    await see('')
    await expect(roambi.getAccessToken()).resolves.toMatch(/^1\//)
    root.render(app)
    await see('signed-in')
  })

  it('takes over the HTML of a server, and then shows what is so in the browser', async () => {
    await backend.signIn(backend.openTab())
    const roambi = await openLoadedTab('signed-in')
    const app = mode(
      <RoambiProvider roambi={roambi}>
        <Status />
      </RoambiProvider>,
    )
    page.innerHTML = renderToString(app)
    expect(page.textContent).toBe('loading')
    const mended = vi.fn()
    roots.push(hydrateRoot(page, app, { onRecoverableError: mended }))
    await see('signed-in')
    expect(mended).not.toHaveBeenCalled()
  })
})

it('a part of the page that is hydrated late matches the HTML of the server as well', async () => {
  await backend.signIn(backend.openTab())
  const app = (late: ReactNode) => (
    <>
      <Status />
      <Suspense fallback="…">, late: {late}</Suspense>
    </>
  )
  const server = backend.openTab()
  page.innerHTML = renderToString(
    <RoambiProvider roambi={server}>{app(<Status />)}</RoambiProvider>,
  )
  const textOnServer = page.textContent
  let arrive = () => {}
  const Late = lazy(async () => {
    await new Promise<void>((resolve) => {
      arrive = resolve
    })
    return { default: Status }
  })
  const mended = vi.fn()
  const inBrowser = <RoambiProvider roambi={backend.openTab()}>{app(<Late />)}</RoambiProvider>
  roots.push(hydrateRoot(page, inBrowser, { onRecoverableError: mended }))
  await until(() => expect(page.textContent).toMatch(/^signed-in/))
  expect(textOnServer).toBe('loading, late: loading')
  expect(page.textContent).toBe('signed-in, late: loading')
  arrive()
  await see('signed-in, late: signed-in')
  expect(mended).not.toHaveBeenCalled()
})

describe('a component', () => {
  it('is rendered once, and once more for each change', async () => {
    const roambi = await openLoadedTab('signed-out')
    const seen: RoambiState[] = []
    show(
      <RoambiProvider roambi={roambi}>
        <Status seen={seen} />
      </RoambiProvider>,
    )
    await see('signed-out')
    const told: unknown[] = []
    roambi.subscribe(({ reason }) => told.push(reason))
    await backend.signIn(roambi)
    await see('signed-in')
    await renew(roambi)
    await until(() => expect(told.at(-1)).toBe('renewed'))
    await until(() => expect(seen.map(({ reason }) => reason)).toEqual(told))
    // The session is the same one for whoever looks at when it began.
    const [begun, renewed] = seen.filter(({ session }) => session).map(({ session }) => session)
    expect(renewed).not.toBe(begun)
    expect(renewed?.signedInAt).toBe(begun?.signedInAt)
  })

  it('gets the same object until something changes, and the same client always', async () => {
    const roambi = await openLoadedTab('signed-out')
    const seen: RoambiState[] = []
    const app = () => (
      <RoambiProvider roambi={roambi}>
        <Status seen={seen} />
      </RoambiProvider>
    )
    const root = show(app())
    await until(() => expect(seen).toHaveLength(1))
    root.render(app())
    await until(() => expect(seen).toHaveLength(2))
    expect(seen[1]).toBe(seen[0])
    await backend.signIn(roambi)
    await see('signed-in')
    expect(seen.at(-1)).not.toBe(seen[0])
    expect(new Set(seen.map((state) => state.roambi))).toEqual(new Set([roambi]))
  })

  it('is not rendered again for what it does not ask for', async () => {
    const roambi = await openLoadedTab('signed-out')
    const rendered = vi.fn(() => null)
    const Bystander = () => rendered()
    const children = [<Status key="1" />, <Bystander key="2" />]
    show(<RoambiProvider roambi={roambi}>{children}</RoambiProvider>)
    await see('signed-out')
    await backend.signIn(roambi)
    await see('signed-in')
    expect(rendered).toHaveBeenCalledOnce()
  })

  it('goes over to another client', async () => {
    const one = backend.openTab()
    const other = backend.openTab({ clientId: 'another app' })
    await backend.signIn(one)
    const root = show(
      <RoambiProvider roambi={one}>
        <Status />
      </RoambiProvider>,
    )
    await see('signed-in')
    root.render(
      <RoambiProvider roambi={other}>
        <Status />
      </RoambiProvider>,
    )
    await see('signed-out')
  })

  it.each([
    ['outside of a provider', <Status key="1" />],
    ['in a provider without a client', <Forgetful key="2" />],
  ])('is told what to do %s', (_, element) => {
    expect(() => renderToString(element)).toThrow(
      'useRoambi() found no client. Render the component that calls it inside of ' +
        '<RoambiProvider roambi={roambi}>, where roambi is what createRoambi() returned.',
    )
  })
})

// As in an app in JavaScript.
function Forgetful() {
  const roambi = undefined as unknown as Roambi
  return (
    <RoambiProvider roambi={roambi}>
      <Status />
    </RoambiProvider>
  )
}
