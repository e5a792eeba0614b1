import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build, defaultClientConditions } from 'vite'
import type { Library } from './libraries.ts'

export interface Measured extends Library {
  /** In bytes. */
  readonly minified: number
  /** In bytes, with brotli at its best. */
  readonly compressed: number
}

/** Bundles the app of a library with all that it imports, as Vite does by default, in one file. */
export async function measure(library: Library): Promise<Measured> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@roambi-auth/source', ...defaultClientConditions] },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: join(import.meta.dirname, 'apps', library.app),
        external: [...(library.without ?? [])],
        preserveEntrySignatures: 'strict',
        output: { codeSplitting: false },
      },
    },
  })
  const [chunk] = 'output' in built ? built.output : []
  if (chunk?.type !== 'chunk') throw new Error(`Nothing was built of ${library.app}.`)
  const minified = Buffer.from(chunk.code)
  return {
    ...library,
    minified: minified.length,
    compressed: brotliCompressSync(minified).length,
  }
}
