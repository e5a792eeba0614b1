// Many apps at once, each of which sends what its plan says.
import { createCoverage } from './coverage.ts'
import { gatherCrowd } from './crowd.ts'
import { type ConnectionPlan, connectionPlans, messageOf } from './plans.ts'
import type { Vitals } from './proxy-program.ts'
import { type Scene, startScene } from './scene.ts'

export interface Outcome {
  readonly scene: Scene
  /** How many requests were answered. */
  readonly answers: number
  readonly sent: number
  readonly counts: Readonly<Record<string, number>>
  /** The proxy's own words, of its refusals. */
  readonly sentences: readonly string[]
  /** What should have come of them and has not. */
  readonly missing: readonly string[]
  /** At the start, then after each tenth part. */
  readonly vitals: readonly Vitals[]
  /** How many more the program has open than at its start, but for its connections upstream. */
  descriptorsLeft(): Promise<number>
}

const connectionsAtOnce = 40

export async function fuzz({
  requests,
  seed,
}: {
  requests: number
  seed: number
}): Promise<Outcome> {
  const scene = await startScene()
  const program = await scene.start()
  const vitals: Vitals[] = []
  const takeVitals = () => void vitals.push(...[program.vitals() ?? []].flat())
  takeVitals()
  const coverage = createCoverage()
  const sentences = new Set<string>()
  const plans = connectionPlans(seed, scene.upstream.decoy)
  const crowd = await gatherCrowd(scene)
  let answers = 0
  let sent = 0

  async function carryOut({ messages: plans, ...manner }: ConnectionPlan): Promise<void> {
    const [app, other] = [crowd.next(), crowd.next()]
    const messages = plans.map((plan) =>
      messageOf(plan, { own: app.pieces(plan.proof), foreign: other.pieces(plan.proof) }),
    )
    const heard = await scene.send({ messages, ...manner })
    app.learn(heard.answers)
    sent += plans.length
    for (const [index, { outcome, sentence }] of heard.verdicts.entries()) {
      const plan = plans[index]
      if (!plan) break
      answers += 1
      coverage.count(plan.mutations.length > 0 ? 'bytes' : plan.draft.kind, outcome)
      if (sentence) sentences.add(sentence)
    }
  }

  async function work(): Promise<void> {
    while (answers < requests && !scene.violation()) {
      if (answers >= (vitals.length * requests) / 10) takeVitals()
      await crowd.renew()
      await carryOut(plans.next().value)
    }
  }

  await Promise.all(Array.from({ length: connectionsAtOnce }, work))
  await scene.settle()
  takeVitals()
  return {
    scene,
    answers,
    sent,
    counts: coverage.counts(),
    sentences: [...sentences],
    missing: coverage.missing(),
    vitals,
    async descriptorsLeft() {
      const present = program.vitals()?.descriptors ?? 0
      return present - (await scene.upstream.connections()) - (vitals[0]?.descriptors ?? 0)
    },
  }
}
