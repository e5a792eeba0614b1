import type { RequestListener } from 'node:http'
import { build, defaultClientConditions } from 'vite'

/** Bundles a script as an app would, with what it must know, and serves a page with it at any path. */
export async function servePage(
  script: string,
  known: Readonly<Record<string, string>> = {},
): Promise<RequestListener> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@roambi-auth/source', ...defaultClientConditions] },
    define: Object.fromEntries(
      Object.entries(known).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: script, output: { codeSplitting: false } },
    },
  })
  const [chunk] = 'output' in built ? built.output : []
  if (chunk?.type !== 'chunk') throw new Error(`Nothing was built of ${script}.`)

  return ({ url = '' }, response) => {
    const isScript = url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? chunk.code : html)
  }
}

const html = `<!doctype html>
<title>bench</title>
<link rel="icon" href="data:," />
<script type="module" src="/app.js"></script>`
