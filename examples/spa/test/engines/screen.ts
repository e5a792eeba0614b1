import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { startProgram } from './program.ts'

/** A screen that nobody sees. */
export interface Screen {
  /** As in the environment variable `DISPLAY`. */
  readonly display: string
  close(): Promise<void>
}

export async function startScreen(): Promise<Screen> {
  // It takes a free number and writes it to the file descriptor: no race between test files.
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']
  const xvfb = await startProgram('/usr/bin/Xvfb', args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = await once(xvfb.child.stdio[3] as Readable, 'data')
  return { display: `:${String(number).trim()}`, close: xvfb.end }
}
