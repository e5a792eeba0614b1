import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { requiredVariables, variableNames } from './environment.ts'
import { InvalidSettings } from './invalid-settings.ts'

export type Command = 'serve' | 'check' | 'help' | 'version'

/** @param args without node and the program. Throws InvalidSettings. */
export function readCommand(args: readonly string[]): Command {
  // `pnpm proxy -- --check` hands the two dashes on.
  const { help, version, check } = parse(args[0] === '--' ? args.slice(1) : args)
  if (help) return 'help'
  if (version) return 'version'
  return check ? 'check' : 'serve'
}

const options = {
  check: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch {
    // What it was may be a secret, so it is not repeated.
    throw new InvalidSettings([
      'The arguments are not known: there are --check, --help, --version.',
    ])
  }
}

export const helpText: string = `roambi-proxy: an OAuth 2.0 authorization server in front of Roambi Business.

  roambi-proxy            serves until SIGTERM
  roambi-proxy --check    tells what the settings come to, asks Roambi and Redis, and ends with 0 or 1
  roambi-proxy --version
  roambi-proxy --help

The settings are variables of the environment, and members of the JSON file that PROXY_CONFIG names:

${variableNames.map(describe).join('\n')}

The others can be left out: the README tells what each of them does.
`

function describe(name: string): string {
  const what = requiredVariables[name]
  return what ? `  ${name.padEnd(24)}required: ${what}` : `  ${name}`
}

export function readVersion(): string {
  const packageJson = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return JSON.parse(packageJson).version
}
