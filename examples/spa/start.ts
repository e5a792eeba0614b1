import closeWithGrace from 'close-with-grace'
import { type Stack, startStack } from './stack.ts'

const ports = {
  sandbox: port('SANDBOX_PORT', 4000),
  proxy: port('PROXY_PORT', 4001),
  app: port('APP_PORT', 5173),
}

const stack = await startStack({ ports }).catch(explain)
closeWithGrace({ delay: 5000 }, stack.close)
console.log(`
  roambi-auth: open ${stack.appUrl} and sign in as ${accountOf(stack)}

  sandbox  ${stack.sandbox.url}   a local Roambi Business, with levers
  proxy    ${stack.proxyUrl}   signs in, adds the client secret
  app      ${stack.appUrl}   the example

  Ctrl-C stops all three.
`)

function port(variable: string, byDefault: number): number {
  const port = Number(process.env[variable] || byDefault)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  console.error(`${variable} must be a whole number, 0 to 65535.`)
  process.exit(1)
}

function accountOf({ sandbox: { account } }: Stack): string {
  return `${account.email}, password ${account.password}`
}

function explain(error: NodeJS.ErrnoException & { port?: number }): never {
  if (error.code !== 'EADDRINUSE') throw error
  console.error(
    `Port ${error.port} is taken by another program. Stop that program, ` +
      'or choose other ports with SANDBOX_PORT, PROXY_PORT and APP_PORT.',
  )
  process.exit(1)
}
