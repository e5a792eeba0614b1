import type { Browser } from './browser.ts'
import { createChance } from './chance.ts'
import { lawOfCalls } from './law-of-calls.ts'
import { lawOfLogouts } from './law-of-logouts.ts'
import { lawOfRenewals } from './law-of-renewals.ts'
import { lawOfRevocations } from './law-of-revocations.ts'
import { lawOfSessions } from './law-of-sessions.ts'
import { createLedger } from './ledger.ts'
import { createScene, type Scene, type Setting } from './scene.ts'
import { createSteps, groups, type Step, type StepName } from './steps.ts'
import { createUser } from './user.ts'
import { allOf, type Witness } from './witness.ts'
import { createWorld, type WorldOptions } from './world.ts'

/** What one seed stands for. */
export interface Schedule {
  readonly seed: number
  readonly setting: Setting
  readonly steps: readonly Step[]
}

export function planSchedule(seed: number): Schedule {
  const chance = createChance(seed)
  const setting: Setting = {
    turns: chance.of(['locks', 'leases']),
    rotation: chance.of(['strict', 'strict', 'lenient', 'off']),
    lifetime: chance.of([100_000, 300_000, 900_000]),
    killsAccessTokens: chance.is(0.3),
  }
  const { always, ...others } = groups
  const shares = { users: 0.5, deaths: 0.5, sleep: 0.3, clock: 0.15, network: 0.5, upstream: 0.2 }
  const names: StepName[] = [...always, ...always]
  for (const [group, share] of Object.entries({ ...shares, store: 0.2 })) {
    if (chance.is(share)) names.push(...others[group as keyof typeof others])
  }
  const pauses = [
    () => chance.between(0, 100),
    () => chance.between(0, 100),
    () => chance.between(100, 3000),
    () => chance.between(3000, 20_000),
    () => chance.between(20_000, 60_000),
    () => setting.lifetime * chance.between(0.75, 1.05),
  ]
  const step = (): Step => ({
    pause: chance.of(pauses)(),
    name: chance.of(names),
    who: chance.random(),
    how: chance.random(),
  })
  const count = Math.floor(chance.between(3, 16))
  return { seed, setting, steps: Array.from({ length: count }, step) }
}

export interface RunOptions extends WorldOptions {
  readonly dpopKey: CryptoKeyPair
  /** From now on this browser's pages run. */
  readonly enter: (browser: Browser) => void
}

/** Gives the law that was broken, if one was. */
export async function runSchedule(
  { seed, setting, steps }: Schedule,
  { dpopKey, enter, ...options }: RunOptions,
): Promise<string | undefined> {
  const world = createWorld(createChance(~seed), options)
  const scene = createScene(setting, world, dpopKey, witnessOf)
  const user = createUser(scene)
  const acts = createSteps(scene, user)
  enter(scene.browser)

  async function then(pause: number, act: () => void): Promise<void> {
    world.after(pause, act)
    await world.pass(pause)
  }

  await then(0, () => {
    user.signIn(scene.open())
    if (world.chance.is(0.5)) scene.open()
  })
  await world.pass(100)
  for (const { pause, name, who, how } of steps) await then(pause, () => acts[name](who, how))
  await then(0, () => {
    acts.storeIsFine()
    acts.clear()
    for (const { page } of scene.tabs) if (page.isFrozen) page.thaw()
    if (scene.tabs.every(({ page }) => !page.isAlive)) scene.open()
  })
  await then(70_000, () => {
    for (const { page } of scene.tabs) page.guard(page.show)()
  })
  await then(5000, scene.witness.onPeace)
  await then(0, acts.useAll)
  await then(55_000, scene.witness.onPeace)
  return world.violation
}

function witnessOf(scene: Scene): Witness {
  const ledger = createLedger(scene)
  const laws = [lawOfRenewals, lawOfSessions, lawOfLogouts, lawOfRevocations, lawOfCalls]
  return allOf([ledger, ...laws.map((law) => law(scene, ledger))])
}
