import closeWithGrace from 'close-with-grace'
import { type ScaleOut, startScaleOut } from './stack.ts'

const stack = await startScaleOut({ port: port('APP_PORT', 8080) }).catch(explain)
closeWithGrace({ delay: 20_000 }, stack.close)
console.log(`
  roambi-auth: open ${stack.url} and sign in as ${accountOf(stack)}

  nginx    ${stack.url}   the app's files, and the proxies under /1/
  proxies  ${stack.proxies.map(({ url }) => url).join('  ')}
  Redis    ${stack.redis.url}   what the proxies share
  sandbox  ${stack.sandbox.url}   a local Roambi Business, with levers

  Ctrl-C stops them all.
`)

function port(variable: string, byDefault: number): number {
  const port = Number(process.env[variable] || byDefault)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  console.error(`${variable} must be a whole number, 1 to 65535.`)
  process.exit(1)
}

function accountOf({ sandbox: { account } }: ScaleOut): string {
  return `${account.email}, password ${account.password}`
}

function explain(error: Error): never {
  console.error(error.message)
  process.exit(1)
}
