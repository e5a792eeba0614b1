// The proxy where a client finds it, at its public URL, and a user with a browser.
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import { onTestFinished } from 'vitest'
import { createServer, type ServerSettings } from '../../src/index.ts'
import { signInAsPerson } from '../person.ts'
import { client, redirectUri, sealingKeys, settings as usual } from '../stage.ts'

export interface Deployment {
  readonly publicUrl: string
  readonly sandbox: Sandbox
  /** Opens an authorization request, and lets the user decide; gives the authorization response. */
  signIn(authorizationRequest: string | URL, decision?: 'allow' | 'deny'): Promise<URL>
}

export async function startDeployment(settings: Partial<ServerSettings> = {}): Promise<Deployment> {
  // The port is a part of the public URL, which the proxy must know before it can serve anything.
  const front = createHttpServer()
  await new Promise<void>((resolve) => front.listen(0, 'localhost', resolve))
  const publicUrl = `http://localhost:${(front.address() as AddressInfo).port}`
  const registered = settings.mode === 'direct' ? redirectUri : `${publicUrl}/1/callback`
  const sandbox = await startSandbox({ port: 0, ...client, redirectUri: registered })
  const proxy = createServer({
    ...usual,
    publicUrl,
    sealingKeys,
    apiUrl: sandbox.apiUrl,
    retryPause: 10,
    logLevel: 'silent',
    ...settings,
  })
  onTestFinished(async () => {
    front.close()
    front.closeAllConnections()
    await proxy.close()
    await sandbox.close()
  })
  await proxy.ready()
  front.on('request', proxy.routing)

  return {
    publicUrl,
    sandbox,
    async signIn(authorizationRequest, decision = 'allow') {
      return signInAsPerson(authorizationRequest, { redirectUri, ...sandbox.account, decision })
    },
  }
}
