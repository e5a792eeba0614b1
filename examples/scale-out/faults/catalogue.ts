// What is broken on purpose, one thing after another, while people sign in and renew.

import { setTimeout as pause } from 'node:timers/promises'
import type { Rotation } from '@roambi-auth/sandbox'
import { newSealingKey } from '../stack.ts'
import { failEach, keysOf, killEach, loseOnTheWire, restartEach } from './blows.ts'
import type { Scene } from './scene.ts'

export interface Fault {
  readonly name: string
  /** What a renewal does with Roambi's refresh token. */
  readonly rotation: Rotation
  /** Also in the short form of the suite. */
  readonly short?: boolean
  /** What may be lost. Default: nothing. `some`: to show that the suite would notice. */
  readonly mayLose?: 'beyond mending' | 'some'
  readonly note?: string
  run(scene: Scene): Promise<void>
}

export const catalogue: readonly Fault[] = [
  {
    name: 'nothing',
    rotation: 'strict',
    short: true,
    run: ({ span }) => pause(span),
  },
  {
    name: 'every third answer is lost on its way to the browser',
    rotation: 'strict',
    short: true,
    async run({ load, span }) {
      load.loseAnswers(0.33)
      await pause(2 * span)
      load.loseAnswers(0)
    },
  },
  {
    name: 'kill -9 of a proxy',
    rotation: 'lenient',
    run: killEach,
  },
  {
    name: 'kill -9 of a proxy, strict',
    rotation: 'strict',
    short: true,
    mayLose: 'beyond mending',
    note: 'What Roambi had answered and the proxy not yet kept when it was killed is lost for good.',
    run: killEach,
  },
  {
    name: 'a proxy is paused',
    rotation: 'strict',
    async run({ stack, span }) {
      stack.proxies[1]?.pause()
      await pause(span)
      stack.proxies[1]?.resume()
    },
  },
  {
    name: 'a new sealing key: old,new, then new,old',
    rotation: 'strict',
    short: true,
    async run({ stack: { proxies }, secrets }) {
      const [old, added] = [keysOf(proxies[0]), newSealingKey()]
      secrets.add(added)
      await restartEach(proxies, `${old},${added}`)
      await restartEach(proxies, `${added},${old}`)
    },
  },
  {
    name: 'Redis is stopped, and starts empty',
    rotation: 'strict',
    short: true,
    async run({ stack, span }) {
      await stack.redis.stop()
      await pause(span)
      await stack.redis.start()
    },
  },
  {
    name: 'Redis is paused',
    rotation: 'strict',
    async run({ stack, span }) {
      stack.redis.pause()
      await pause(span)
      stack.redis.resume()
    },
  },
  {
    name: 'Roambi answers HTML, status 500 and 429',
    rotation: 'strict',
    short: true,
    run: (scene) => failEach(scene, ['html', 500, 429]),
  },
  {
    name: 'Roambi answers internal_server_error',
    rotation: 'strict',
    run: (scene) => failEach(scene, ['internal_server_error']),
  },
  {
    name: 'Roambi answers 503',
    rotation: 'strict',
    run: (scene) => failEach(scene, [503]),
  },
  {
    name: 'Roambi resets the connection',
    rotation: 'strict',
    short: true,
    run: (scene) => failEach(scene, ['reset']),
  },
  {
    name: 'Roambi hangs',
    rotation: 'strict',
    async run({ stack, span }) {
      stack.sandbox.failNext('hang', { times: 20 })
      // The proxy gives it up after 10 s.
      await pause(span + 10_000)
    },
  },
  {
    name: "Roambi's answers break off half-way",
    rotation: 'lenient',
    short: true,
    run: (scene) => loseOnTheWire(scene, 'cut'),
  },
  {
    name: "Roambi's answers are lost",
    rotation: 'lenient',
    short: true,
    run: (scene) => loseOnTheWire(scene, 'lost'),
  },
  {
    name: "Roambi's answers are lost, strict",
    rotation: 'strict',
    mayLose: 'beyond mending',
    note: 'The old refresh token is dead, and nobody here has ever had the new one.',
    run: (scene) => loseOnTheWire(scene, 'lost'),
  },
  {
    name: 'a new sealing key in the wrong order',
    rotation: 'strict',
    short: true,
    mayLose: 'some',
    note: 'A proxy seals with a key that the others do not have yet: the suite must see it.',
    async run({ stack: { proxies }, secrets, span }) {
      const [old, added] = [keysOf(proxies[0]), newSealingKey()]
      secrets.add(added)
      await restartEach(proxies.slice(0, 1), `${added},${old}`)
      // nginx leaves it out for another 2 s.
      await pause(2000 + span)
      await restartEach(proxies.slice(1), `${added},${old}`)
    },
  },
]
