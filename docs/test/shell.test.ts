import { expect, test } from 'vitest'
import { faultsOfShell } from './shell.ts'

test.each([
  ['a quote that is not closed', 'echo "a'],
  ['a command that is none', 'nxp @roambi-auth/proxy'],
  ['a command inside of another one', 'KEY="$(opensll rand)"'],
  ['a script of the root', 'npx -y pnpm@12 strat'],
  ['a package of the workspace', 'npx -y pnpm@12 --filter @roambi-auth/example-spx start'],
  ['a script of a package', 'npx -y pnpm@12 --filter @roambi-auth/example-alongside strat'],
  ['a program', 'HOST=a PORT=1 \\\nnpx @roambi-auth/proxies'],
  ['a flag of the proxy', 'npx @roambi-auth/proxy --chekc'],
  ['a flag of the sandbox', 'npx -y pnpm@12 sandbox --token-life 3'],
  ['a package to install', 'cd my-app && npm install @roambi-auth/browsr'],
])('%s that is not there is found', (_, code) => {
  expect(faultsOfShell(`${code}\n`)).toHaveLength(1)
})
