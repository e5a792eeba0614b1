import { describe, inject } from 'vitest'
import { chromiumEngine } from './chromium-engine.ts'
import type { Engine } from './engine.ts'
import { firefoxEngine } from './firefox-engine.ts'
import { webkitEngine } from './webkit-engine.ts'

/** Declares the same tests for each engine; those that this machine has not are skipped. */
export function describeInEachEngine(title: string, tests: (engine: Engine) => void): void {
  for (const [engine, path] of engines) {
    describe.skipIf(!path)(`${title} (${engine.name})`, () => tests(engine))
  }
}

const engines: [Engine, path: string][] = [
  [chromiumEngine, inject('chromium')],
  [firefoxEngine, inject('firefox')],
  [webkitEngine, inject('webkit')],
]
