// Where the app's pages come from.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'

export interface Site {
  readonly url: string
  /** From now on, its pages and their files are those. */
  serve(pages: Pages): void
  close(): Promise<void>
}

export interface Pages {
  /** The folder that everything but a page comes from. */
  readonly folder: string
  /** Gives the text of a page. */
  readonly page: (name: 'index.html' | 'callback.html') => string
}

export async function startSite(): Promise<Site> {
  let listener: RequestListener = (_request, response) => response.writeHead(404).end()
  const server = createServer((request, response) => listener(request, response))
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    serve({ folder, page }) {
      const files = sirv(folder, { dev: true })
      listener = (request, response) => {
        const { pathname } = new URL(request.url ?? '', 'http://localhost')
        const name = pathname === '/' ? 'index.html' : pathname.slice(1)
        if (name !== 'index.html' && name !== 'callback.html') return files(request, response)
        response.writeHead(200, { 'content-type': 'text/html' }).end(page(name))
      }
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
