import {
  createReadiness,
  createServer,
  InvalidOptions,
  type RoambiProxyOptions,
  roambiProxy,
  type ServerSettings,
} from '@roambi-auth/proxy'
import Fastify from 'fastify'
import { Registry } from 'prom-client'

const options: RoambiProxyOptions = {
  clientId: '3d7c…',
  clientSecret: ['new', 'old'],
  publicUrl: 'https://auth.example.com',
  redirectUris: ['https://app.example.com/callback.html'],
  allowedOrigins: ['https://app.example.com'],
  timeouts: { token: 5000 },
}

/** The plugin on a server of one's own. */
export async function ownServer(): Promise<void> {
  const app = Fastify({ logger: true })
  const readiness = createReadiness()
  const registry = new Registry()
  app.register(roambiProxy, { ...options, readiness, registry })
  app.get('/readyz', (_request, reply) => reply.code(readiness.check().statusCode).send())
  await app.listen({ port: 0 }).catch((error: unknown) => {
    if (error instanceof InvalidOptions) console.error(error.problems.map(({ option }) => option))
  })
}

/** The server that comes along. */
export async function givenServer(): Promise<string> {
  const settings: ServerSettings = { ...options, trustedProxies: ['loopback'], metricsPort: 9464 }
  return createServer(settings).listen({ port: 0 })
}

// @ts-expect-error: no such mode
export const mode: RoambiProxyOptions['mode'] = 'implicit'

// @ts-expect-error: `publicUrl` and more are missing
createServer({ clientId: '3d7c…' })
