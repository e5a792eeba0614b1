import { expect, test } from 'vitest'
import { createProxyTrust } from '../src/operations/trusted-proxies.ts'
import { rawRequest } from './raw-request.ts'
import { client, type StagedProxy, startProxy } from './stage.ts'

test.each<[list: string[], trusted: string[], others: string[]]>([
  [[], [], ['127.0.0.1', '::1', '10.0.0.1']],
  [
    ['10.1.2.3', '2001:db8::1'],
    ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1', '2001:db8:0:0::1'],
    ['10.1.2.4', '2001:db8::2'],
  ],
  [['10.0.0.0/8'], ['10.255.0.1', '::ffff:10.0.0.1'], ['11.0.0.1', '::a00:1']],
  [['fd00::/8'], ['fd12::1'], ['fe80::1', '10.0.0.1']],
  [['loopback'], ['127.0.0.1', '127.9.9.9', '::1'], ['128.0.0.1', '::2']],
  [['linklocal'], ['169.254.1.1', 'fe80::1'], ['169.253.1.1', 'fec0::1']],
  [
    ['uniquelocal'],
    ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1'],
    ['172.32.0.1', '192.169.0.1'],
  ],
])('of %j it believes %j, and not %j', (list, trusted, others) => {
  const isTrusted = createProxyTrust(list)
  expect(trusted.filter(isTrusted)).toEqual(trusted)
  expect(others.filter(isTrusted)).toEqual([])
  expect([undefined, '', 'loopback', 'not an address'].filter(isTrusted)).toEqual([])
})

test.each([
  '0.0.0.0/0',
  '::/0',
  'true',
  '1',
  '',
  '*',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  'fd00::/129',
  'example.com',
  'toString',
])('it takes no %j', (entry) => {
  expect(() => createProxyTrust(['127.0.0.1', entry])).toThrow(RangeError)
})

/** Which of two requests that name different apps' addresses is refused, with one allowed a minute. */
async function statuses(proxy: StagedProxy, localAddress: string): Promise<(number | undefined)[]> {
  const answers = []
  for (const address of ['198.51.100.1', '198.51.100.2']) {
    const path = `/1/authorize?client_id=${client.clientId}`
    const headers = { 'x-forwarded-for': address }
    answers.push((await rawRequest(proxy.url, { path, headers, localAddress })).status)
  }
  return answers
}

test('a trusted peer tells the address of the app, anybody else only his own', async () => {
  const proxy = await startProxy({ rateLimit: 1, trustedProxies: ['127.0.0.1'] })
  expect(await statuses(proxy, '127.0.0.1')).toEqual([400, 400])
  expect(await statuses(proxy, '127.0.0.2')).toEqual([400, 429])
})

test('without a list nobody is believed', async () => {
  const proxy = await startProxy({ rateLimit: 1 })
  expect(await statuses(proxy, '127.0.0.1')).toEqual([400, 429])
})

test('what the app itself has put before the address that the proxy saw is not believed', async () => {
  const proxy = await startProxy({ rateLimit: 1, trustedProxies: ['127.0.0.1'] })
  const seen: (number | undefined)[] = []
  for (const made of ['203.0.113.1', '203.0.113.2']) {
    const headers = { 'x-forwarded-for': `${made}, 198.51.100.1` }
    seen.push((await rawRequest(proxy.url, { path: '/1/authorize', headers })).status)
  }
  expect(seen).toEqual([400, 429])
})
