import type { Answer } from '../../src/token-answer.ts'
import { oneOf } from './chance.ts'
import type { Scene } from './scene.ts'
import type { StoreMood } from './shared-store.ts'

/** What befalls the browser, the network and the servers. */
export function createWeather(scene: Scene) {
  const { world, browser, store, network, proxy } = scene

  return {
    jump(who: number) {
      const offset = oneOf([0, 3_600_000, -3_600_000, 90_000, -90_000], who) ?? 0
      world.tell(() => `the clock is ${offset / 1000} s off`)
      browser.setClock(offset)
    },
    online: browser.goOnline,
    offline: browser.goOffline,
    lossy(_: number, how: number) {
      network.losses = how < 0.6 ? { requests: 0, answers: 1 } : { requests: 0.5, answers: 0.5 }
      world.tell(() => `the network loses ${JSON.stringify(network.losses)}`)
    },
    inFront(_: number, how: number) {
      network.inFront = oneOf(nuisances, how)
      world.tell(() => `the proxy answers ${JSON.stringify(network.inFront)}`)
    },
    clear() {
      world.tell(() => 'the network is fine')
      network.inFront = undefined
      network.losses = { requests: 0, answers: 0 }
      proxy.upstreamIs = 'fine'
      if (!browser.isOnline) browser.goOnline()
    },
    upstream(_: number, how: number) {
      proxy.upstreamIs = oneOf(['busy', 'lossy', 'fine'] as const, how) ?? 'fine'
      world.tell(() => `the upstream is ${proxy.upstreamIs}`)
    },
    revoke: () => revoke(scene),
    store: (_: number, how: number) => store.turn(oneOf(moods, how) ?? 'fine'),
    storeOfOne: (who: number, how: number) =>
      store.turn(oneOf(moods, how) ?? 'fine', oneOf(scene.awake(), who)?.page),
    storeIsFine() {
      store.turn('fine')
      for (const { page } of scene.tabs) store.turn('fine', page)
    },
    evict: () => store.evict(),
  }
}

/** At the upstream, whatever the browser still has. */
export function revoke({ world, store, upstream }: Scene): void {
  const { session } = store.record
  if (!session) return
  world.tell(() => 'the upstream revokes the session')
  upstream.revoke(upstream.signInOf(session.accessToken))
}

const moods: StoreMood[] = ['full', 'closed', 'hanging', 'late']

const nuisances: Answer[] = [
  { status: 503, text: '{}', retryAfter: undefined },
  { status: 503, text: '{}', retryAfter: 5000 },
  { status: 429, text: '{}', retryAfter: 30_000 },
  { status: 200, text: '<title>Free Wi-Fi</title>', retryAfter: undefined },
]
