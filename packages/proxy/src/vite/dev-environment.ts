import { resolve } from 'node:path'
import { loadEnv, type UserConfig } from 'vite'
import { withoutUnset } from '../program/environment.ts'

export type DevEnvironment = Readonly<Record<string, string | undefined>>

/** What is set in the environment, and below it in the `.env` files. */
export function readEnvironment(
  mode: string,
  { root = '.', envDir = '.' }: Pick<UserConfig, 'root' | 'envDir'>,
): DevEnvironment {
  const set = withoutUnset(loadEnv(mode, envDir !== false && resolve(root, envDir), ''))
  return Object.fromEntries(Object.entries(set).filter(([name]) => !ofOthers.includes(name)))
}

// Of the program's variables, those that are about its own server, or that other programs of a
// developer read too: a Redis is of no use to a single instance.
const ofOthers = [
  'HOST',
  'PORT',
  'LOG_LEVEL',
  'METRICS_PORT',
  'REDIS_URL',
  'REDIS_URL_FILE',
  'PROXY_CONFIG',
]
