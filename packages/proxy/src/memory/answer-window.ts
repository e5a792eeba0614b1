import { createHash } from 'node:crypto'

/**
 * Gives a request that is made again the answer that it was given before. An answer that is lost on
 * its way is the only place where a rotated refresh token is: this is what lets nobody be signed
 * out by a bad connection.
 */
export interface AnswerWindow<T> {
  /** @param owner who sends the token: nobody else gets the answer */
  answer(token: string, owner: string | undefined, ask: () => Promise<T>): Promise<T>
}

export interface LocalAnswerWindow<T> extends AnswerWindow<T> {
  forget(token: string, owner: string | undefined): void
}

export interface AnswerWindowOptions<T> {
  /** The token that the answer hands out in place of the one that was sent, if it does. */
  readonly successorOf?: (answer: T) => string | undefined
  /** How long an answer can be had again, in ms. Default 60000. */
  readonly life?: number
  /** How many answers are kept. Default 10000. */
  readonly limit?: number
}

/** In this process only. */
export function createAnswerWindow<T>({
  successorOf = () => undefined,
  life = 60_000,
  limit = 10_000,
}: AnswerWindowOptions<T> = {}): LocalAnswerWindow<T> {
  const answers = new Map<string, Promise<T>>()
  const predecessors = new Map<string, string>()

  // Who sends the successor has the answer, or could not send it.
  function forgetPredecessor(key: string): void {
    const predecessor = predecessors.get(key)
    if (predecessor) answers.delete(predecessor)
    predecessors.delete(key)
  }

  function makeRoom(): void {
    for (const oldest of answers.keys()) {
      if (answers.size < limit) return
      answers.delete(oldest)
    }
  }

  async function keepWhileItMayBeLost(
    key: string,
    asked: Promise<T>,
    owner?: string,
  ): Promise<void> {
    const forget = () => {
      if (answers.get(key) === asked) answers.delete(key)
    }
    try {
      const successor = successorOf(await asked)
      const successorKey = successor && hashOf(successor, owner)
      if (successorKey) predecessors.set(successorKey, key)
      setTimeout(() => {
        forget()
        if (successorKey) predecessors.delete(successorKey)
      }, life).unref()
    } catch {
      forget()
    }
  }

  return {
    answer(token, owner, ask) {
      const key = hashOf(token, owner)
      forgetPredecessor(key)
      const known = answers.get(key)
      if (known) return known
      makeRoom()
      const asked = ask()
      answers.set(key, asked)
      keepWhileItMayBeLost(key, asked, owner)
      return asked
    },
    forget: (token, owner) => void answers.delete(hashOf(token, owner)),
  }
}

/** What may be written down of a token and who sends it. */
export function hashOf(token: string, owner = ''): string {
  return createHash('sha256').update(`${owner} ${token}`).digest('base64url')
}
