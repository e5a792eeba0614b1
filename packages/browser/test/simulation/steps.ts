import { oneOf } from './chance.ts'
import type { Scene } from './scene.ts'
import type { Tab } from './tab.ts'
import type { User } from './user.ts'
import { createWeather, revoke } from './weather.ts'

/** Something that is done in a schedule. */
export interface Step {
  /** Before it, in ms. */
  readonly pause: number
  readonly name: StepName
  /** Which tab, and which of several ways; from 0 to 1. */
  readonly who: number
  readonly how: number
}

export type StepName = keyof ReturnType<typeof createSteps>

/** What a schedule is made of. The names of a group are all there, or none. */
export const groups = {
  always: ['use', 'useAll', 'expire', 'burst', 'storm', 'focus', 'open'],
  users: ['signIn', 'logout'],
  deaths: ['reload', 'crash'],
  sleep: ['freeze', 'thaw', 'hide', 'show'],
  clock: ['jump'],
  network: ['online', 'offline', 'lossy', 'inFront', 'clear'],
  upstream: ['upstream', 'revoke'],
  store: ['store', 'storeOfOne', 'storeIsFine', 'evict'],
} as const satisfies Record<string, readonly StepName[]>

export function createSteps(scene: Scene, user: User) {
  const { world, upstream, awake } = scene
  const living = () => scene.tabs.filter(({ page }) => page.isAlive)

  /** Rather one that is waiting for an answer. */
  function victim(who: number): Tab | undefined {
    const busy = living().filter(({ page }) => scene.isSending(page))
    return oneOf(busy.length > 0 && who < 0.7 ? busy : living(), who < 0.7 ? who / 0.7 : who)
  }

  function end(who: number): Tab | undefined {
    const tab = victim(who)
    if (tab) world.tell(() => `${tab.page.name} dies`)
    tab?.page.die()
    return tab
  }

  function withSome(who: number, act: (tab: Tab) => void): void {
    const tab = oneOf(awake(), who)
    if (tab) act(tab)
  }

  const use = (who: number) => withSome(who, user.use)
  const useAll = () => {
    for (const tab of awake()) user.use(tab)
  }

  return {
    use,
    useAll,
    expire() {
      world.tell(() => 'the API takes no token that it has taken')
      upstream.endAccessTokens()
      useAll()
    },
    burst(who: number) {
      for (let call = 0; call < 3; call++) use(who)
    },
    storm(who: number) {
      for (let call = 0; call < 25; call++) world.after(call * 2000, () => use(who))
    },
    focus: (who: number) => withSome(who, ({ page }) => page.guard(() => page.fire('focus'))()),
    open() {
      if (living().length < 4) scene.open()
    },
    signIn(who: number, how: number) {
      // Some servers allow one session for each user.
      if (how < 0.4) revoke(scene)
      withSome(who, user.signIn)
    },
    logout: (who: number) => withSome(who, user.logout),
    reload(who: number, how: number) {
      if (end(who)) world.after(how * 500, scene.open)
    },
    crash: (who: number) => void end(who),
    freeze(who: number) {
      const tab = victim(who)
      if (!tab || tab.page.isFrozen) return
      world.tell(() => `${tab.page.name} is frozen`)
      tab.page.freeze()
    },
    thaw(who: number) {
      const tab = oneOf(
        living().filter(({ page }) => page.isFrozen),
        who,
      )
      if (tab) world.tell(() => `${tab.page.name} thaws`)
      tab?.page.thaw()
    },
    hide: (who: number) => withSome(who, ({ page }) => page.hide()),
    show: (who: number) => withSome(who, ({ page }) => page.guard(page.show)()),
    ...createWeather(scene),
  } satisfies Record<string, (who: number, how: number) => void>
}
