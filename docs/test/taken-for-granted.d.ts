// What the examples take for granted: the rest of an app or a server, which they don't show.

/// <reference types="node" />
/// <reference types="vite/client" />

import type { Roambi } from '@roambi-auth/browser'
import type { RoambiProxyOptions } from '@roambi-auth/proxy'
import type { Sandbox } from '@roambi-auth/sandbox'
import type { FastifyInstance } from 'fastify'

declare global {
  const signInButton: HTMLButtonElement
  const cancelButton: HTMLButtonElement
  const button: HTMLButtonElement
  /** Shows a sentence to the user. */
  function show(sentence: string): void
  /** Greets the user by name. */
  function greet(name: string): void
  /** The client of the app, in examples that are about one of its methods. */
  const roambi: Roambi

  const app: FastifyInstance
  const options: RoambiProxyOptions

  const sandbox: Sandbox
}
