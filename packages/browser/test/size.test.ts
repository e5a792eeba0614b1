// @vitest-environment node
// What an app's bundler makes of each entry, with all that it imports.

import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build, defaultClientConditions } from 'vite'
import { expect, it } from 'vitest'

const kilobyte = 1000

it.each([
  ['index.ts', 13.95 * kilobyte],
  ['callback.ts', 1 * kilobyte],
  // Beside React, and beside the client, which the app hands to it.
  ['react.ts', 0.5 * kilobyte],
])('%s takes less than %i bytes, minified and compressed', async (entry, limit) => {
  const { code, size } = await bundle(entry)
  console.info(`${entry}: ${code.length} bytes minified, ${size} with brotli`)
  expect(size).toBeLessThan(limit)
})

async function bundle(entry: string): Promise<{ code: string; size: number }> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['@roambi-auth/source', ...defaultClientConditions] },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: join(import.meta.dirname, '../src', entry),
        external: ['react'],
        preserveEntrySignatures: 'strict',
        output: { codeSplitting: false },
      },
    },
  })
  const [chunk] = 'output' in built ? built.output : []
  if (chunk?.type !== 'chunk') throw new Error('Nothing was built.')
  return { code: chunk.code, size: brotliCompressSync(chunk.code).length }
}
