import { BlockList, isIP } from 'node:net'

/** Whether a peer's word on who it speaks for is believed (`X-Forwarded-For`, `X-Request-Id`). */
export type ProxyTrust = (address: string | undefined) => boolean

/**
 * @param trustedProxies addresses, networks such as `10.0.0.0/8`, or `loopback`, `linklocal`,
 * `uniquelocal`. Throws RangeError on anything else, and on what would trust everybody.
 */
export function createProxyTrust(trustedProxies: readonly string[]): ProxyTrust {
  const trusted = new BlockList()
  const networks = trustedProxies.flatMap((entry) => named.get(entry) ?? [entry])
  for (const network of networks) addNetwork(trusted, network)
  return (address = '') => {
    const family = isIP(address)
    return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', length, ...rest] = network.split('/')
  const family = isIP(address)
  const bits = family === 6 ? 128 : 32
  const prefix = Number(length ?? bits)
  const isPrefix = /^\d{1,3}$/.test(length ?? `${bits}`) && prefix > 0 && prefix <= bits
  if (family === 0 || !isPrefix || rest.length > 0) {
    throw new RangeError(problem)
  }
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
}

/** As Fastify and Express name them. */
const named: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['uniquelocal', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

const problem =
  'trustedProxies must list addresses, networks like 10.0.0.0/8, loopback, linklocal or uniquelocal'
