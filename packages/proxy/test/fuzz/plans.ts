// What is sent on one connection, but for the live pieces, which are filled in when it is sent.
import fc from 'fast-check'
import { type Draft, drafts } from '../hostile-requests.ts'
import type { Conversation, Message } from './connection.ts'
import { type Mutation, mutate, mutations } from './mutator.ts'
import { type ProofKind, proofKinds } from './proof.ts'
import { encode, rawMessage } from './raw-message.ts'
import { type Holders, type Twist, twisted, twists, untwisted } from './twists.ts'
import { wellFormed } from './well-formed.ts'
import { type WireChange, wireChanges } from './wire-changes.ts'

export interface MessagePlan {
  readonly draft: Draft
  readonly wire: readonly WireChange[]
  readonly twist: Twist
  readonly proof: ProofKind
  /** Of the bytes. */
  readonly mutations: readonly Mutation[]
  /** Where they take pieces from. */
  readonly other: Draft
}

export interface ConnectionPlan extends Omit<Conversation, 'messages'> {
  readonly messages: readonly MessagePlan[]
}

/** Endless, and the same for the same seed. */
export function* connectionPlans(seed: number, decoy: string): Generator<ConnectionPlan> {
  const plans = connections(decoy)
  for (let batch = 0; ; batch++) yield* fc.sample(plans, { seed: seed + batch, numRuns: 250 })
}

export const unchanged = (draft: Draft): MessagePlan => ({
  draft,
  wire: [],
  twist: untwisted,
  proof: 'good',
  mutations: [],
  other: draft,
})

export function messageOf(plan: MessagePlan, holders: Holders): Message {
  const fill = (draft: Draft) =>
    rawMessage(draft, (piece) =>
      typeof piece === 'string' ? piece : twisted(plan.twist, piece.live, holders),
    )
  const { wire, mutations } = plan
  const bytes = encode(wire.reduce((message, change) => change(message), fill(plan.draft)))
  if (mutations.length === 0) return { bytes, isReadable: wire.length === 0 }
  return { bytes: mutate(bytes, mutations, encode(fill(plan.other))), isReadable: false }
}

const fraction = fc.nat({ max: 9_999 }).map((part) => part / 10_000)
const good = fc.constant<ProofKind>('good')
const none = fc.constant([])
const asItIs = {
  wire: none,
  twist: fc.constant(untwisted),
  proof: good,
  mutations: none,
  other: fc.constant<Draft>(wellFormed.download),
}

const { authorize, callback, code, ...others } = wellFormed
// Each code takes a sign-in.
const flows = fc.constantFrom<Draft>(
  ...[authorize, authorize, authorize, authorize, callback, callback, callback, code],
  ...Object.values(others),
)

function connections(decoy: string): fc.Arbitrary<ConnectionPlan> {
  const wild = fc.oneof(withOddWire(decoy), bytes)
  return fc.record({
    messages: fc
      .oneof(
        // What can't be read ends the connection, so it mostly comes at its end.
        { weight: 4, arbitrary: fc.tuple(some(withOddFields(decoy), 2, 8), some(wild, 1, 2)) },
        fc.tuple(some(wild, 1, 1), some(fc.oneof(withOddFields(decoy), wild), 1, 4)),
      )
      .map((parts) => parts.flat()),
    ending: fc.oneof(
      { weight: 20, arbitrary: fc.constant('read' as const) },
      fc.constantFrom('half-close' as const, 'reset' as const),
    ),
    cuts: fc.oneof(none, some(fraction, 0, 3)),
  })
}

const some = <T>(entry: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
  fc.array(entry, { minLength, maxLength })

function withOddFields(decoy: string): fc.Arbitrary<MessagePlan> {
  return fc.record({
    ...asItIs,
    draft: fc.oneof(flows, drafts(decoy)),
    twist: fc.oneof(fc.constant(untwisted), twists),
    proof: fc.oneof({ weight: 4, arbitrary: good }, fc.constantFrom(...proofKinds())),
  })
}

function withOddWire(decoy: string): fc.Arbitrary<MessagePlan> {
  return fc.record({
    ...asItIs,
    draft: fc.oneof({ weight: 3, arbitrary: flows }, drafts(decoy)),
    wire: some(fc.constantFrom(...wireChanges), 1, 2),
  })
}

const bytes: fc.Arbitrary<MessagePlan> = fc.record({
  ...asItIs,
  draft: flows,
  mutations,
  other: fc.constantFrom<Draft>(...Object.values(others)),
})
