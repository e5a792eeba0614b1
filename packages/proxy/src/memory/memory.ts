import { type AnswerWindow, type AnswerWindowOptions, createAnswerWindow } from './answer-window.ts'
import type { DenyList } from './deny-list.ts'
import { createOnce, type Once, type OnceOptions } from './once.ts'

/** What the proxy remembers for a while; each use under a name of its own. */
export interface Memory {
  once(use: 'code' | 'proof', options: OnceOptions): Once
  answerWindow<T>(use: 'callback' | 'renewal', options?: AnswerWindowOptions<T>): AnswerWindow<T>
  /** Only where all instances know of it: one of them alone could not keep anybody out. */
  readonly denyList?: DenyList
  /** Rejects with OAuthError when nothing can be claimed or looked up for now. */
  check(): Promise<void>
}

/** In this process: other instances don't know of it, and a restart forgets it. */
export function createMemory(): Memory {
  return {
    once: (_use, options) => createOnce(options),
    answerWindow: (_use, options) => createAnswerWindow(options),
    check: async () => {},
  }
}
