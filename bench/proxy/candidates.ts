// Who is measured: this proxy, and what forwards a request and does nothing else.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startNginx } from './nginx.ts'
import { freePort, type Server, startServer } from './processes.ts'

export const client = {
  clientId: '4f1d7a92c05b4e6f8d3a',
  redirectUri: 'https://app.example.com/callback.html',
  origin: 'https://app.example.com',
} as const

export interface RoambiProxySettings {
  readonly mode: 'pkce' | 'direct'
  readonly refreshTokens: 'dpop' | 'bearer'
  /** Default `warn`: the others log no request either. */
  readonly logLevel?: 'info' | 'warn'
}

/** The built program. */
export async function startRoambiProxy(
  upstream: Server,
  { mode, refreshTokens, logLevel = 'warn' }: RoambiProxySettings,
  program: string = builtProgram,
): Promise<Server> {
  const port = await freePort()
  return startServer(port, process.execPath, [program], {
    NODE_ENV: 'production',
    PORT: String(port),
    LOG_LEVEL: logLevel,
    ROAMBI_CLIENT_ID: client.clientId,
    ROAMBI_CLIENT_SECRET: randomBytes(20).toString('hex'),
    ROAMBI_API_URL: `${upstream.url}/1`,
    PROXY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    PROXY_REDIRECT_URIS: client.redirectUri,
    PROXY_ALLOWED_ORIGINS: client.origin,
    PROXY_SEALING_KEYS: randomBytes(32).toString('base64url'),
    PROXY_MODE: mode,
    PROXY_REFRESH_TOKENS: refreshTokens,
  })
}

/** `@fastify/reply-from` or `http-proxy-middleware`, as a Node program in `peers/`. */
export async function startPeer(
  name: 'reply-from' | 'http-proxy-middleware',
  upstream: Server,
): Promise<Server> {
  const port = await freePort()
  const program = join(import.meta.dirname, 'peers', `${name}.ts`)
  const args = ['--import', import.meta.resolve('tsx'), program]
  const env = { NODE_ENV: 'production', PORT: String(port), UPSTREAM: upstream.url }
  return startServer(port, process.execPath, args, env)
}

export function startProxyPass(upstream: Server): Promise<Server> {
  return startNginx(
    `location / {
      proxy_pass http://upstream;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }`,
    `upstream upstream { server ${new URL(upstream.url).host}; keepalive 64; }`,
  )
}

const packages = join(import.meta.dirname, '../../packages')
const builtProgram = join(packages, 'proxy/dist/main.js')

/** So that what is measured is what is here. */
export function buildRoambiProxy(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  // The proxy's Vite plugin has the sandbox's types.
  for (const name of ['sandbox', 'proxy']) {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
      cwd: join(packages, name),
    })
  }
}
