// A project as a reader makes it: the files of a chapter, in a folder of their own.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Project {
  readonly folder: string
  write(file: string, text: string): void
  /** Runs a program of a package, such as `vitest`, and gives all that it has printed. */
  run(program: Program, args: readonly string[]): Promise<{ code: number; output: string }>
}

/** Deleted when the test has ended. It finds the packages from where it is. */
export function makeProject(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(import.meta.dirname, '../tmp-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)

  return {
    folder,
    write,
    run: (program, args) =>
      new Promise((resolve) => {
        const command = [...fromSource, programs[program], ...args]
        execFile(process.execPath, command, { cwd: folder }, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr })
        })
      }),
  }
}

/** The packages of this repository are read from source, also by programs that are started. */
export const fromSource: readonly string[] = ['--conditions=@roambi-auth/source', '--import=tsx']

const { resolve } = createRequire(import.meta.url)
const binOf = (name: string, path: string) => join(dirname(resolve(`${name}/package.json`)), path)

export const programs = {
  playwright: binOf('@playwright/test', 'cli.js'),
  vite: binOf('vite', 'bin/vite.js'),
  vitest: binOf('vitest', 'vitest.mjs'),
} as const

export type Program = keyof typeof programs

/** One that nobody listens on for now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
