// Everything at once: the sandbox in this process; Redis, three proxies and nginx as programs.

import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import { buildPages } from '../spa/pages.ts'
import { type NginxProgram, startNginx } from './nginx-program.ts'
import { freePorts } from './ports.ts'
import { type ProxyProgram, startProxy } from './proxy-program.ts'
import { type RedisProgram, startRedis } from './redis-program.ts'

export interface ScaleOutOptions {
  /** Where nginx listens. Default: any free port. */
  readonly port?: number | undefined
  /** The app's files behind nginx. Default `true`; without them it starts sooner. */
  readonly pages?: boolean
  /** More variables for the proxies. */
  readonly variables?: Readonly<Record<string, string>>
  /** What stands between a proxy and Roambi, by its address. Default: nothing. */
  readonly roambiUrlOf?: (sandbox: Sandbox, proxy: number) => string | Promise<string>
}

export interface ScaleOut {
  /** The one origin that browsers see, which is nginx. */
  readonly url: string
  readonly sandbox: Sandbox
  readonly proxies: readonly ProxyProgram[]
  readonly redis: RedisProgram
  readonly nginx: NginxProgram
  /** With which the proxies were started. */
  readonly sealingKey: string
  /** Ends all that was started. */
  close(): Promise<void>
}

/** Starts them; where one can't start, those before it are ended again. */
export async function startScaleOut({
  port,
  pages = true,
  variables = {},
  roambiUrlOf = ({ apiUrl }) => apiUrl,
}: ScaleOutOptions = {}): Promise<ScaleOut> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const [freePort = 0, redisPort = 0, ...proxyPorts] = await freePorts(5)
    const nginxPort = port ?? freePort
    const url = `http://localhost:${nginxPort}`

    // As in real life, Roambi is another site than the app.
    const redirectUri = `${url}/1/callback`
    const sandbox = await startSandbox({ host: '127.0.0.1', port: 0, redirectUri })
    closers.push(sandbox.close)
    const redis = await startRedis(redisPort)
    closers.push(redis.close)

    const sealingKey = newSealingKey()
    const shared = {
      ROAMBI_CLIENT_ID: sandbox.client.clientId,
      ROAMBI_CLIENT_SECRET: sandbox.client.clientSecret,
      PROXY_PUBLIC_URL: url,
      PROXY_REDIRECT_URIS: `${url}/callback.html`,
      // The app's own origin: browsers send it with every POST.
      PROXY_ALLOWED_ORIGINS: url,
      PROXY_SEALING_KEYS: sealingKey,
      PROXY_TRUSTED_PROXIES: '127.0.0.1',
      REDIS_URL: redis.url,
      ...variables,
    }
    const started: ProxyProgram[] = []
    closers.push(() => Promise.all(started.map((proxy) => proxy.stop())))
    const starting = proxyPorts.map(async (proxyPort, index) => {
      const ROAMBI_API_URL = await roambiUrlOf(sandbox, index)
      const proxy = await startProxy(proxyPort, { ...shared, ROAMBI_API_URL })
      started.push(proxy)
      return proxy
    })
    // All of them, so that none is still on its way up when another one has failed.
    await Promise.allSettled(starting)
    const proxies = await Promise.all(starting)

    const { clientId } = sandbox.client
    const settings = { clientId, proxyUrl: url, sandboxUrl: sandbox.url }
    const nginx = await startNginx({
      port: nginxPort,
      proxyPorts,
      putPages: async (folder) => {
        if (pages) await buildPages(folder, settings)
        else await mkdir(folder)
      },
    })
    closers.push(nginx.close)
    return { url, sandbox, proxies, redis, nginx, sealingKey, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** 32 random bytes, as `PROXY_SEALING_KEYS` wants them. */
export const newSealingKey = (): string => randomBytes(32).toString('base64url')
