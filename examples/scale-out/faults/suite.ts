// Starts everything, keeps the load on it, and breaks one thing after another.

import { startScaleOut } from '../stack.ts'
import type { Fault } from './catalogue.ts'
import { createHistory } from './history.ts'
import { startLoad } from './load.ts'
import { type LogWatch, watchLogs } from './logs.ts'
import type { Row } from './row.ts'
import type { Scene } from './scene.ts'
import { createSecrets } from './secrets.ts'
import { startWire, type Wire } from './wire.ts'

export interface Suite extends Scene {
  readonly logs: LogWatch
  /** Lets a fault happen, waits until everybody is back, and counts. */
  suffer(fault: Fault): Promise<Row>
  close(): Promise<void>
}

export interface SuiteOptions {
  /** How many browsers there are at once. */
  readonly people: number
  /** Between two renewals of one browser, in ms. */
  readonly pace: number
  /** How long a fault lasts, in ms. */
  readonly span: number
}

export async function startSuite({ people, pace, span }: SuiteOptions): Promise<Suite> {
  const secrets = createSecrets()
  const history = createHistory()
  const { add: tell } = secrets
  const closers: (() => unknown)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const wires: Wire[] = []
    const stack = await startScaleOut({
      pages: false,
      async roambiUrlOf({ apiUrl }, proxy) {
        const wire = await startWire({ proxy, target: apiUrl, tell, record: history.record })
        wires[proxy] = wire
        closers.push(wire.close)
        return wire.apiUrl
      },
    })
    closers.push(stack.close)
    const { url, sandbox } = stack
    for (const secret of [sandbox.client.clientSecret, stack.sealingKey]) tell(secret)
    const logs = watchLogs(stack, secrets)
    closers.push(logs.close)
    const load = startLoad({
      people,
      pace,
      url,
      clientId: sandbox.client.clientId,
      allow: () => sandbox.issueCode(),
      tell,
      isBeyondMending: ({ session }) => history.whyBeyondMending(session?.accessToken ?? ''),
    })
    closers.push(load.stop)
    const scene = { stack, wires, load, history, secrets, span }

    const suffer = async (fault: Fault): Promise<Row> => {
      sandbox.set({ rotation: fault.rotation })
      // What was asked for under the rotation before must not meet the fault.
      await load.settle(comeBack)
      load.startCount()
      await fault.run(scene)
      const alive = await load.settle(comeBack)
      const { tally } = load
      return { fault, tally, people, alive, leaks: await logs.findLeaks() }
    }
    return { ...scene, logs, suffer, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** How long everybody may take to renew once more after a fault is over, in ms. */
const comeBack = 30_000
