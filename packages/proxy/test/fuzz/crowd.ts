// The apps that are signed in.
import { messageOf, unchanged } from './plans.ts'
import type { Scene } from './scene.ts'
import type { Wallet } from './wallet.ts'
import { wellFormed } from './well-formed.ts'

export interface Crowd {
  /** One of them, for one connection. */
  next(): Wallet
  /** Signs another app in, in the place of one that has been there for long. */
  renew(): Promise<void>
}

/** So many are there at once. */
const size = 3
/** A key is good for 200 proofs in six minutes: after so many turns of all, one app goes. */
const turns = 80

export async function gatherCrowd(scene: Scene): Promise<Crowd> {
  const apps: Wallet[] = []
  while (apps.length < size) apps.push(await signIn(scene))
  let count = 0
  let renewedAt = 0

  return {
    next() {
      count += 1
      return apps[count % size] as Wallet
    },
    async renew() {
      if (count < renewedAt + turns) return
      renewedAt = count
      apps.push(await signIn(scene))
      apps.shift()
    },
  }
}

async function signIn(scene: Scene): Promise<Wallet> {
  const wallet = scene.openWallet()
  const { authorize, callback, code } = wellFormed
  const met: string[] = []
  // The first proof tells the nonce. On a busy machine an answer may not be waited for.
  for (const draft of Array(5).fill([authorize, callback, code, code]).flat()) {
    if (wallet.isSignedIn()) break
    const pieces = wallet.pieces('good')
    const messages = [messageOf(unchanged(draft), { own: pieces, foreign: pieces })]
    const { answers } = await scene.send({ messages, cuts: [], ending: 'read' })
    wallet.learn(answers)
    met.push(`${draft.kind} ${answers[0]?.status} ${answers[0]?.body.slice(0, 40)}`)
  }
  if (wallet.isSignedIn() || scene.violation()) return wallet
  throw new Error(`Nobody can sign in: ${met.join(', ')}`)
}
