// The app as people start it: Vite in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..')

export interface ViteServer {
  /** Without a slash at its end. */
  readonly appUrl: string
  /** What it has printed so far. */
  printed(): string
  close(): Promise<void>
}

/** Runs `start`, or another command of Vite in its place, and waits for its address. */
export async function startVite(...words: string[]): Promise<ViteServer> {
  const { child, printed } = run([...words, '--port', '0'])
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'close')
  }
  const address = /Local: +(http:\S+)\//
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => address.test(printed()) && resolve())
    child.once('close', () => reject(new Error(`Vite has ended: ${printed()}`)))
  })
  return { appUrl: address.exec(printed())?.[1] ?? '', printed, close }
}

/** Runs a command of Vite to its end. */
export async function runVite(...words: string[]): Promise<void> {
  const { child, printed } = run(words)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`vite ${words.join(' ')} has failed: ${printed()}`)
}

function run(words: string[]): { child: ChildProcess; printed: () => string } {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [, ...program] = scripts.start.split(' ')
  const child = spawn(process.execPath, [...program, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, NO_COLOR: '1', VITE_ROAMBI_CLIENT_ID: 'example-react' },
  })
  let printed = ''
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (text: Buffer) => {
      printed += text
    })
  }
  return { child, printed: () => printed }
}
