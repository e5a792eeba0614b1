// A Roambi with several API clients: a sandbox for each, behind one address.
import { text } from 'node:stream/consumers'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import { onTestFinished } from 'vitest'
import { startUpstream } from './stage.ts'

export interface ApiClient {
  readonly clientId: string
  readonly clientSecret: string
}

export interface Roambi {
  readonly apiUrl: string
  /** Each token request, as it came. */
  readonly requests: readonly URLSearchParams[]
  sandboxOf(client: ApiClient): Sandbox
}

export async function startRoambi(
  clients: readonly ApiClient[],
  redirectUri: string,
): Promise<Roambi> {
  const sandboxes = new Map<string | null, Sandbox>()
  for (const { clientId, clientSecret } of clients) {
    const sandbox = await startSandbox({ port: 0, clientId, clientSecret, redirectUri })
    onTestFinished(() => sandbox.close())
    sandboxes.set(clientId, sandbox)
  }
  const requests: URLSearchParams[] = []
  const [anyone] = sandboxes.values()
  const { apiUrl } = await startUpstream(async (request, response) => {
    const body = new URLSearchParams(await text(request))
    requests.push(body)
    const sandbox = sandboxes.get(body.get('client_id')) ?? anyone
    const answer = await fetch(`${sandbox?.apiUrl}/token`, { method: 'POST', body })
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(await answer.text())
  })
  const sandboxOf = ({ clientId }: ApiClient) => sandboxes.get(clientId) as Sandbox
  return { apiUrl, requests, sandboxOf }
}
