// How things are broken.

import { setTimeout as pause } from 'node:timers/promises'
import type { Fault } from '@roambi-auth/sandbox'
import type { ProxyProgram } from '../proxy-program.ts'
import type { Scene } from './scene.ts'
import type { WireFault } from './wire.ts'

/** Roambi's token endpoint does so before it has looked at the request, a few times a second. */
export async function failEach({ stack, span }: Scene, faults: readonly Fault[]): Promise<void> {
  for (let passed = 0; passed < span; passed += 100) {
    for (const fault of faults) stack.sandbox.failNext(fault)
    await pause(100)
  }
}

/** `kill -9` of one proxy after another, each of which is missing for a while. */
export async function killEach({ stack, history, span }: Scene): Promise<void> {
  for (const [index, proxy] of stack.proxies.entries()) {
    history.recordKill(index)
    await proxy.kill()
    await pause(span / 3)
    await proxy.start()
  }
}

/** The sealing keys with which a proxy runs. */
export const keysOf = (proxy: ProxyProgram | undefined) => proxy?.variables.PROXY_SEALING_KEYS ?? ''

/** As an update does: one after another, and each may finish what it has begun. */
export async function restartEach(proxies: readonly ProxyProgram[], keys: string): Promise<void> {
  for (const proxy of proxies) {
    await proxy.stop()
    await proxy.start({ PROXY_SEALING_KEYS: keys })
  }
}

/** Half of Roambi's answers get lost after it has carried out what was asked. */
export async function loseOnTheWire({ wires, span }: Scene, fault: WireFault): Promise<void> {
  for (const wire of wires) wire.set(fault, 0.5)
  await pause(span)
  for (const wire of wires) wire.set()
}
