// One browser's requests, each with a judgement of its answer and a place in the browser's story.

import { type Answer, parseObject } from './answer.ts'

export interface Requests {
  /**
   * Gives the whole answer, or nothing when the connection broke or took too long.
   *
   * @param what for the story
   * @param limit in ms
   */
  ask(what: string, address: string, init: RequestInit, limit: number): Promise<Answer | undefined>
  note(event: string): void
  /** The last requests, with their times and what came of them. */
  story(): string
}

export interface RequestsOptions {
  /** What is wrong with an answer, by the path that it came from. */
  readonly faultOf: (path: string, answer: Answer) => string | undefined
  /** Is told of each answer, and of each request without one. */
  readonly observe: (answer: Answer | undefined, fault: string | undefined) => void
  /** Is told each secret that comes in. */
  readonly tell: (secret: string | undefined) => void
}

export function createRequests({ faultOf, observe, tell }: RequestsOptions): Requests {
  const events: string[] = []

  function note(event: string): void {
    events.push(`${new Date().toISOString().slice(11, 23)} ${event}`)
    if (events.length > 8) events.shift()
  }

  return {
    note,
    story: () => events.join('; '),

    async ask(what, address, init, limit) {
      try {
        const response = await fetch(address, { ...init, signal: AbortSignal.timeout(limit) })
        const { status, headers } = response
        const answer = { status, headers, text: await response.text() }
        const { access_token, refresh_token, error = '' } = parseObject(answer.text) ?? {}
        for (const token of [access_token, refresh_token]) tell(token as string | undefined)
        const fault = faultOf(new URL(address).pathname, answer)
        note(`${what}: ${status} ${error}${fault ? ` (${fault})` : ''}`)
        observe(answer, fault && `${what}: ${fault}`)
        return answer
      } catch (error) {
        note(`${what}: ${(error as Error).name}`)
        observe(undefined, undefined)
        return undefined
      }
    },
  }
}
