import { createLeaseTurn } from '../../src/lease-turn.ts'
import { createLockTurn } from '../../src/turn.ts'
import { type Browser, createBrowser } from './browser.ts'
import { createLocks, type Locks } from './locks.ts'
import { createNetwork, type Network } from './network.ts'
import type { Page } from './page.ts'
import { createProxy, type ProxyServer } from './proxy.ts'
import { createSharedStore, type SharedStore } from './shared-store.ts'
import { openTab, type Tab } from './tab.ts'
import { createUpstream, type Upstream, type UpstreamOptions } from './upstream.ts'
import type { Witness } from './witness.ts'
import type { World } from './world.ts'

/** What stays as it is for a whole schedule. */
export interface Setting extends UpstreamOptions {
  readonly turns: 'locks' | 'leases'
}

/** One browser with its tabs, and the servers. */
export interface Scene {
  readonly setting: Setting
  readonly world: World
  readonly browser: Browser
  readonly store: SharedStore
  readonly locks: Locks
  readonly upstream: Upstream
  readonly proxy: ProxyServer
  readonly network: Network
  /** Also those that are gone. */
  readonly tabs: readonly Tab[]
  readonly witness: Witness
  /** Those that are neither gone nor frozen. */
  awake(): Tab[]
  open(): Tab
  /** Whether the page waits for an answer of the proxy. */
  isSending(page: Page): boolean
}

export function createScene(
  setting: Setting,
  world: World,
  dpopKey: CryptoKeyPair,
  witnessOf: (scene: Scene) => Witness,
): Scene {
  const { lifetime } = setting
  const browser = createBrowser(world)
  const store = createSharedStore(browser, (...fact) => witness.onWrite(...fact))
  const locks = createLocks(browser)
  const upstream = createUpstream(world, setting)
  const proxy = createProxy(world, upstream, lifetime, (grant) => witness.onGrant(grant))
  const sending = new Set<Page>()
  const network = createNetwork(browser, proxy, {
    onSending(fact) {
      sending.add(fact.page)
      witness.onSending(fact)
    },
    onAnswer(fact) {
      sending.delete(fact.page)
      witness.onAnswer(fact)
    },
  })
  const tabs: Tab[] = []

  const scene: Scene = {
    get witness() {
      return witness
    },
    setting,
    world,
    browser,
    store,
    locks,
    upstream,
    proxy,
    network,
    tabs,
    awake: () => tabs.filter(({ page }) => page.isAlive && !page.isFrozen),
    open() {
      const tab = openTab({
        browser,
        store,
        network,
        dpopKey,
        lifetime,
        turnOf: (page, state) =>
          setting.turns === 'locks'
            ? createLockTurn('app', locks.of(page), page.clock)
            : createLeaseTurn(state, page.clock, page.name),
        onChange: (...fact) => witness.onChange(...fact),
        onRevocation: (...fact) => witness.onRevocation(...fact),
      })
      tabs.push(tab)
      return tab
    },
    isSending: (page) => sending.has(page),
  }
  const witness = witnessOf(scene)
  return scene
}
