import { createServer } from 'node:http'
import { listen, stop } from '../../http-server.ts'
import { patience } from './engine.ts'
import { startProgram } from './program.ts'

/** A program that speaks the W3C's WebDriver protocol. */
export interface WebDriver {
  /** Sends one command, and gives the `value` of its answer. */
  send<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T>
  /** Ends it, and the browser with it. */
  close(): Promise<void>
}

export async function startWebDriver(path: string, env: NodeJS.ProcessEnv): Promise<WebDriver> {
  const port = await freePort()
  const program = await startProgram(path, [`--port=${port}`], { stdio: 'ignore', env })

  const send: WebDriver['send'] = async (method, command, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${command}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
      // A driver that hangs is to fail the test that it hangs in.
      signal: AbortSignal.timeout(patience),
    })
    const { value } = (await response.json()) as { value: Answer }
    if (value?.error) throw new WebDriverError(value.error, value.message)
    return value
  }

  await until('the driver answers', () => send('GET', '/status').catch(() => false))
  return { send, close: program.end }
}

// biome-ignore lint/suspicious/noExplicitAny: a command's answer is what its caller says.
type Answer = any

/** An error that the driver answers, as `no such element`. */
export class WebDriverError extends Error {
  readonly error: string

  constructor(error: string, message: string) {
    super(`${error}: ${message}`)
    this.error = error
  }
}

/** Asks again and again until the answer is truthy. */
export async function until<T>(what: string, ask: () => Promise<T>): Promise<NonNullable<T>> {
  const start = performance.now()
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() - start > patience) throw new Error(`Waited in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

async function freePort(): Promise<string> {
  const server = createServer()
  const { port } = new URL(await listen(server))
  await stop(server)
  return port
}
