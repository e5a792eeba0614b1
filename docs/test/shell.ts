// What can be said of shell commands without running them.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { helpText } from '../../packages/proxy/src/program/command-line.ts'
import { settingsHelp } from '../../packages/sandbox/src/program-settings.ts'
import { root } from './markdown.ts'

/** Sentences about what is wrong: the syntax, a command that is none, or one of ours that is not there. */
export function faultsOfShell(code: string): string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' })
  return status === 0 ? commandsIn(code).flatMap(faultsOf) : [stderr.trim()]
}

/** The words of each command, without the variables that are set for it. */
function commandsIn(code: string): string[][] {
  return code
    .replaceAll('\\\n', ' ')
    .replaceAll(/(^|\s)#.*$/gm, '')
    .replaceAll(/'[^']*'/g, "''")
    .split(/\n|&&|[;|)]|"?\$\(/)
    .map((command) => command.replace(/^(\s*[A-Z_]+=\S*)+/, '').trim())
    .filter((command) => /^\w/.test(command))
    .map((command) => command.split(/\s+/))
}

function faultsOf([program = '', ...words]: string[]): string[] {
  if (program === 'npx') return faultsOfNpx(words.filter((word) => word !== '-y'))
  if (program === 'npm') return faultsOfNpm(words)
  if (program === 'node_modules/.bin/roambi-proxy')
    return faultsOfFlags('@roambi-auth/proxy', words)
  return programs.has(program) ? [] : [`${program} is no command that is known here`]
}

const programs = new Set(
  'apt apt-get cd chmod chown curl cut docker echo git mkdir mktemp node openssl printf sed tr'.split(
    ' ',
  ),
)

function faultsOfNpx([name = '', ...words]: string[]): string[] {
  if (name === 'pnpm@12') return faultsOfPnpm(words)
  if (name in flags) return faultsOfFlags(name, words)
  return ['playwright', 'sirv-cli', 'vite', 'vitest'].includes(name) ? [] : [`npx knows no ${name}`]
}

/** Of our programs, from what they say themselves. */
const flags: Record<string, readonly string[]> = {
  '@roambi-auth/proxy': helpText.match(/--[a-z-]+/g) ?? [],
  '@roambi-auth/sandbox': [...(settingsHelp().match(/--[a-z-]+/g) ?? []), '--help', '--version'],
}

function faultsOfFlags(name: string, words: readonly string[]): string[] {
  return words
    .filter((word) => word.startsWith('--') && !flags[name]?.includes(word))
    .map((word) => `${name} has no ${word}`)
}

function faultsOfPnpm(words: string[]): string[] {
  const [option, name = ''] = words
  if (option !== '--filter') return faultsOfScript('.', words)
  const isPattern = name.includes('*')
  const folder = isPattern ? '.' : folderOf(name)
  return folder ? faultsOfScript(folder, words.slice(2)) : [`There is no package ${name}`]
}

function faultsOfScript(folder: string, words: string[]): string[] {
  const [script = '', ...rest] = words[0] === 'run' ? words.slice(1) : words
  if (['exec', 'install', 'pack'].includes(script)) return []
  if (!(script in packageIn(folder).scripts)) return [`${folder} has no script ${script}`]
  return faultsOfFlags(`@roambi-auth/${script}`, script in { proxy: 1, sandbox: 1 } ? rest : [])
}

function faultsOfNpm([command = '', ...words]: string[]): string[] {
  if (!['create', 'install', 'run', 'init'].includes(command)) return [`npm has no ${command}`]
  const ours = command === 'install' ? words.filter((word) => word.startsWith('@roambi-auth/')) : []
  return ours.flatMap((name) => (folderOf(name) === '' ? [`There is no package ${name}`] : []))
}

/** Where a package of the workspace is; empty when there is none. */
function folderOf(name: string): string {
  const folders = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((folder) => join(parent, folder)),
  )
  return folders.find((folder) => packageIn(folder).name === name) ?? ''
}

function packageIn(folder: string): { name: string; scripts: Record<string, string> } {
  try {
    return { scripts: {}, ...JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) }
  } catch {
    return { name: '', scripts: {} }
  }
}
