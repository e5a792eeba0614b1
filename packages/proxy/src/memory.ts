import { type AnswerWindow, type AnswerWindowOptions, createAnswerWindow } from './answer-window.ts'
import { createOnce, type Once, type OnceOptions } from './once.ts'

/** What the proxy remembers for a while; each use under a name of its own. */
export interface Memory {
  once(use: string, options: OnceOptions): Once
  answerWindow<T>(use: string, options?: AnswerWindowOptions<T>): AnswerWindow<T>
}

/** In this process: other instances don't know of it, and a restart forgets it. */
export function createMemory(): Memory {
  return {
    once: (_use, options) => createOnce(options),
    answerWindow: (_use, options) => createAnswerWindow(options),
  }
}
