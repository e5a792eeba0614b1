import { createBackground } from '../../src/background.ts'
import type { StoredSession } from '../../src/session.ts'
import type { SessionChange } from '../../src/session-change.ts'
import { createSessionKeeper } from '../../src/session-keeper.ts'
import { signedIn } from '../../src/session-record.ts'
import { createSessionState, type SessionState } from '../../src/session-state.ts'
import type { Turn } from '../../src/turn.ts'
import type { Browser } from './browser.ts'
import type { Network } from './network.ts'
import type { Page } from './page.ts'
import type { Grant } from './proxy.ts'
import type { SharedStore } from './shared-store.ts'

/** The library in a page, put together as the client does it. */
export interface Tab {
  readonly page: Page
  readonly state: SessionState
  session(rejected?: string): Promise<StoredSession>
  /** What a sign-in does once its code is redeemed. */
  keep(grant: Grant): Promise<void>
  logout(): Promise<void>
}

export interface TabEdges {
  readonly browser: Browser
  readonly store: SharedStore
  readonly network: Network
  readonly turnOf: (page: Page, state: SessionState) => Turn
  readonly dpopKey: CryptoKeyPair
  /** Of an access token, in ms. */
  readonly lifetime: number
  readonly onChange: (tab: Tab, change: SessionChange) => void
  readonly onRevocation: (tab: Tab, session: StoredSession) => void
}

export function openTab(edges: TabEdges): Tab {
  const { browser, store, network, dpopKey, lifetime } = edges
  const { world } = browser
  const page = browser.open()
  const { clock } = page
  const { random } = world.chance
  const life = new AbortController().signal

  const state = createSessionState({
    name: 'app',
    store: store.of(page),
    clock,
    life,
    onChange(change) {
      edges.onChange(tab, change)
      background.rearm()
    },
    onEnded: (session) => edges.onRevocation(tab, session),
    onRenewalElsewhere: () => keeper.renewIfDue(),
  })
  const tokenEndpoint = network.tokenEndpointOf(page)
  const turn = edges.turnOf(page, state)
  const keeper = createSessionKeeper({
    state,
    tokenEndpoint,
    turn,
    clock,
    random,
    onTried: () => background.rearm(),
  })
  const resumeLogin = async () => {}
  const background = createBackground({ state, keeper, resumeLogin, clock, life, random })

  const tab: Tab = {
    page,
    state,
    session: keeper.session,
    async keep({ accessToken, refreshToken }) {
      const now = clock.now()
      const times = { signedInAt: now, renewedAt: now, expiresAt: now + lifetime }
      const session = { accessToken, refreshToken, dpopKey, ...times }
      await state.change((record) => signedIn(record, session, clock.now()))
    },
    logout: state.wipe,
  }
  page.guard(background.start)()
  return tab
}
