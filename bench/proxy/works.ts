// What is asked of a proxy, over and over.

import { randomBytes } from 'node:crypto'
import { client } from './candidates.ts'
import type { Shot } from './load.ts'
import type { Server } from './processes.ts'
import { type Code, createSessions, obtainCode, tokenShot } from './sessions.ts'

export interface Work {
  /** Makes ready for that many requests, before anything is measured. */
  prepare(amount: number): Promise<void>
  next(): Shot
}

/** `GET /1/user/resources` with an access token. */
export const callApi = (): Work => ({
  prepare: async () => {},
  next: () => ({
    method: 'GET',
    path: '/1/user/resources',
    headers: {
      origin: client.origin,
      accept: 'application/json',
      authorization: 'Bearer 1/65_EnBUJxDe5GsIjCtXwFz0bVhQmKpYdLr8uTgN3aWk',
    },
  }),
})

/** `POST /1/token` with a code of Roambi's own, as in mode `direct`. */
export const redeemRoambisCode = (): Work => ({
  prepare: async () => {},
  next: () =>
    tokenShot({
      grant_type: 'authorization_code',
      code: randomBytes(16).toString('hex'),
      redirect_uri: client.redirectUri,
    }),
})

/** `POST /1/token` with a code that the proxy has sealed. Roambi is not asked: it was before. */
export function redeemSealedCode(server: Server): Work {
  let codes: Code[] = []
  return {
    async prepare(amount) {
      codes = []
      // A few more: autocannon sets up a request that it does not send.
      while (codes.length < amount + spare) codes.push(await obtainCode(server))
    },
    next() {
      const code = codes.pop()
      if (!code) throw new Error('No code is left.')
      return code.redeem()
    },
  }
}

const spare = 64

/** `POST /1/token` with a refresh token that the proxy has sealed, and with a proof if it is bound. */
export const renew = (server: Server, { isBound }: { readonly isBound: boolean }): Work =>
  createSessions(server, isBound)
