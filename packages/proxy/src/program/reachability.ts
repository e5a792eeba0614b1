import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { codeOf } from '../upstream/upstream-failure.ts'

/** How far one gets. `DNS` finds the address, `TCP` connects, `TLS` shows a certificate to be trusted. */
export type Reachability =
  | { readonly isReachable: true }
  | { readonly isReachable: false; readonly step: 'DNS' | 'TCP' | 'TLS'; readonly code: string }

/** Never rejects. @param timeout for each step, in ms */
export async function reach(url: URL, timeout: number): Promise<Reachability> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isTls = url.protocol === 'https:'
  const port = Number(url.port) || (isTls ? 443 : 80)
  const found = await attempt('DNS', () => within(timeout, lookup(host)))
  if ('step' in found) return found
  const connected = await attempt('TCP', () => open(connect({ host, port }), 'connect', timeout))
  if ('step' in connected || !isTls) return close(connected)
  const servername = isIP(host) ? {} : { servername: host }
  const tls = connectTls({ socket: connected.value, host, ...servername })
  return close(await attempt('TLS', () => open(tls, 'secureConnect', timeout)))
}

type Failure = Extract<Reachability, { isReachable: false }>

async function attempt<T>(
  step: Failure['step'],
  run: () => Promise<T>,
): Promise<Failure | { readonly value: T }> {
  try {
    return { value: await run() }
  } catch (error) {
    return { isReachable: false, step, code: codeOf(error) ?? 'no answer' }
  }
}

async function open<S extends Socket>(socket: S, event: string, timeout: number): Promise<S> {
  try {
    await within(timeout, once(socket, event))
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function close(attempted: Failure | { readonly value: Socket }): Reachability {
  if ('step' in attempted) return attempted
  attempted.value.destroy()
  return { isReachable: true }
}

async function within<T>(timeout: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeout)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
