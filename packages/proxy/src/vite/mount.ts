import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuseMissingCallbackPage } from './callback-page.ts'
import { createDevProxy } from './dev-proxy.ts'
import type { RoambiPluginOptions } from './plugin-options.ts'
import { sentencesOf } from './problem.ts'
import { answerProblem } from './problem-answer.ts'
import { logTo } from './proxy-log.ts'
import { isAskedAt, type Server } from './public-url.ts'
import { releaseSandbox } from './sandboxes.ts'
import { setUp } from './setup.ts'
import { tellSetup } from './terminal.ts'

export interface Mounted {
  /** To be called when Vite's own middlewares are there. */
  finish(): void
  close(): Promise<void>
}

/** Puts the proxy before all that a server of Vite serves, and starts the sandbox if there is to be one. */
export async function mount(server: Server, options: RoambiPluginOptions): Promise<Mounted> {
  const { config, middlewares } = server
  const setup = await setUp(server, options)
  const proxy = createDevProxy(() => setup.read().settings, logTo(config.logger))
  tellSetup(server, setup)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { publicUrl } = setup.read().settings
      if (setup.hasOwnAddress && !isAskedAt(publicUrl, request)) {
        const sentence = `Open the app as ${publicUrl}: nobody can sign in at another address of it.`
        return answerProblem([sentence], request, response)
      }
      await proxy.answer(request, response)
    } catch (error) {
      answerProblem(sentencesOf(error), request, response)
    }
  }

  middlewares.use((request, response, next) => {
    const [path = ''] = (request.url ?? '').split('?')
    if (isOfProxy(path)) answer(request, response).catch(next)
    else next()
  })
  return {
    finish: () => void middlewares.use(refuseMissingCallbackPage),
    async close() {
      await Promise.all([proxy.close(), releaseSandbox(config)])
    },
  }
}

function isOfProxy(path: string): boolean {
  return path.startsWith('/1/') || path === '/.well-known/oauth-authorization-server'
}
