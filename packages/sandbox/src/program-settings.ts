import { parseArgs } from 'node:util'
import { envSchema } from 'env-schema'
import { type TSchema, Type } from 'typebox'
import { rules } from './setting-rules.ts'
import { defaultAddress, defaults, type SandboxOptions } from './settings.ts'

/**
 * The options from flags and environment variables; a flag wins. `help` or `version` when the flags ask
 * for it.
 * Throws an `Error` whose first line names the first faulty setting.
 */
export function readProgramSettings(
  args: string[],
  environment: NodeJS.ProcessEnv,
): SandboxOptions | 'help' | 'version' {
  const { help, version, ...flags } = readFlags(args)
  if (help) return 'help'
  if (version) return 'version'
  const values = validate({ ...environment, ...variablesOf(flags) })
  return Object.fromEntries(
    settings
      .filter(({ variable }) => values[variable] !== undefined)
      .map(({ option, variable }) => [option, values[variable]]),
  )
}

/** The settings as lines for `--help`. */
export function settingsHelp(): string {
  return settings
    .map(({ flag, variable, rule, byDefault }) => {
      const names = `  --${flag}`.padEnd(20) + variable.padEnd(24)
      return `${names}${rule.description} [${String(byDefault) || 'none'}]`
    })
    .join('\n')
}

interface ProgramSetting {
  option: keyof SandboxOptions
  flag: string
  variable: string
  rule: TSchema & { description?: string }
  byDefault: string | number
}

const settings: readonly ProgramSetting[] = [
  setting(
    'port',
    'PORT',
    defaultAddress.port,
    Type.Integer({ minimum: 0, maximum: 65_535, description: 'a port number, 0 to 65535' }),
  ),
  setting('host', 'HOST', defaultAddress.host, text('a host name or an address')),
  setting('clientId', 'SANDBOX_CLIENT_ID', defaults.clientId, text('a Consumer Key, not empty')),
  setting(
    'clientSecret',
    'SANDBOX_CLIENT_SECRET',
    defaults.clientSecret,
    text('a Consumer Secret, not empty'),
  ),
  setting('redirectUri', 'SANDBOX_REDIRECT_URI', defaults.redirectUri, rules.redirectUri),
  setting('tokenLifetime', 'SANDBOX_TOKEN_LIFETIME', defaults.tokenLifetime, rules.tokenLifetime),
  setting('rotation', 'SANDBOX_ROTATION', defaults.rotation, rules.rotation),
  setting('latency', 'SANDBOX_LATENCY', defaults.latency, rules.latency),
  setting('coop', 'SANDBOX_COOP', defaults.coop, rules.coop),
]

function setting(
  option: keyof SandboxOptions,
  variable: string,
  byDefault: string | number,
  rule: TSchema,
): ProgramSetting {
  const flag = option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)
  return { option, flag, variable, rule, byDefault }
}

function text(description: string): TSchema {
  return Type.String({ minLength: 1, description })
}

type Flags = Record<string, string | boolean | undefined>

function readFlags(args: string[]): Flags {
  const flags = settings.map(({ flag }) => [flag, { type: 'string' }] as const)
  const options = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
    ...Object.fromEntries(flags),
  } as const
  return parseArgs({ args, options }).values
}

function variablesOf(flags: Flags) {
  const given = settings.filter(({ flag }) => flags[flag] !== undefined)
  return Object.fromEntries(given.map(({ flag, variable }) => [variable, flags[flag]]))
}

function validate(data: Record<string, unknown>): Record<string, unknown> {
  const properties = Object.fromEntries(settings.map(({ variable, rule }) => [variable, rule]))
  try {
    return envSchema({ schema: { type: 'object', properties }, data, env: false })
  } catch (error) {
    const [breach] = (error as { errors: { instancePath: string }[] }).errors
    const wrong = settings.find(({ variable }) => breach?.instancePath === `/${variable}`)
    if (!wrong) throw error
    throw new Error(`${wrong.variable} (--${wrong.flag}) must be ${wrong.rule.description}.`)
  }
}
