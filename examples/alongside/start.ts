import closeWithGrace from 'close-with-grace'
import { startStack } from './stack.ts'

const ports = { sandbox: port('SANDBOX_PORT', 4000), app: port('APP_PORT', 5173) }

const stack = await startStack({ ports }).catch(explain)
closeWithGrace({ delay: 5000 }, stack.close)
const { appUrl, sandbox } = stack
console.log(`
  roambi-auth: open ${appUrl} and sign in as ${sandbox.account.email}, password ${sandbox.account.password}

  sandbox  ${sandbox.url}   a local Roambi Business, with levers
  server   ${appUrl}   the app's files and the proxy, on one origin

  Ctrl-C stops both.
`)

function port(variable: string, byDefault: number): number {
  const port = Number(process.env[variable] || byDefault)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  console.error(`${variable} must be a whole number, 0 to 65535.`)
  process.exit(1)
}

function explain(error: NodeJS.ErrnoException & { port?: number }): never {
  if (error.code !== 'EADDRINUSE') throw error
  console.error(
    `Port ${error.port} is taken by another program. Stop that program, ` +
      'or choose other ports with SANDBOX_PORT and APP_PORT.',
  )
  process.exit(1)
}
