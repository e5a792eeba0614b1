// The server, with the sandbox in Roambi's place and the example app as its files.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import type { FastifyInstance } from 'fastify'
import { listen, stop } from '../spa/http-server.ts'
import { buildPages } from '../spa/pages.ts'
import { createServer, type Environment } from './server.ts'

export interface StackOptions {
  ports?: { sandbox: number; app: number }
  /** Where the sandbox listens: `127.0.0.1` is another site than the app. Default `localhost`. */
  sandboxHost?: string
  /** Takes the server's log, every line of it. Default: no log. */
  log?: { write(line: string): void }
}

export interface Stack {
  readonly appUrl: string
  readonly sandbox: Sandbox
  /** With which the server was made. */
  readonly environment: Environment
  close(): Promise<void>
}

/** Starts both; where one can't start, what was started before is stopped again. */
export async function startStack({
  ports = { sandbox: 0, app: 0 },
  sandboxHost = 'localhost',
  log,
}: StackOptions = {}): Promise<Stack> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    // The address comes first: the app, the server and the sandbox must all know it.
    const front = createHttpServer()
    const appUrl = await listen(front, ports.app)
    closers.push(() => stop(front))

    const redirectUri = `${appUrl}/1/callback`
    const sandbox = await startSandbox({ host: sandboxHost, port: ports.sandbox, redirectUri })
    closers.push(sandbox.close)

    const folder = await mkdtemp(join(tmpdir(), 'roambi-auth-alongside-'))
    closers.push(() => rm(folder, { recursive: true }))
    const { clientId } = sandbox.client
    await buildPages(folder, { clientId, proxyUrl: appUrl, sandboxUrl: appUrl })

    const environment: Environment = {
      ROAMBI_CLIENT_ID: clientId,
      ROAMBI_CLIENT_SECRET: sandbox.client.clientSecret,
      ROAMBI_API_URL: sandbox.apiUrl,
      PROXY_PUBLIC_URL: appUrl,
      PROXY_SEALING_KEYS: randomBytes(32).toString('base64url'),
      APP_FOLDER: folder,
      LOG_LEVEL: log ? 'trace' : 'silent',
    }
    const server = createServer(environment, log)
    serveLever(server, sandbox)
    closers.push(() => server.close())
    await server.ready()
    front.on('request', server.routing)
    return { appUrl, sandbox, environment, close }
  } catch (error) {
    await close()
    throw error
  }
}

// The app's button "Expire now": from here, since its page may speak to no other origin.
function serveLever(server: FastifyInstance, sandbox: Sandbox): void {
  server.post('/sandbox/expire', async (_request, reply) => {
    sandbox.expireAccessTokens()
    return reply.code(204).send()
  })
}
