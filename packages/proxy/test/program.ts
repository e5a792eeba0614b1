// Starts `roambi-proxy` as it is started in production; it is ended when the test is over.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { client, publicUrl, redirectUri } from './stage.ts'

/** What the program must be told. */
export const environment = {
  ROAMBI_CLIENT_ID: client.clientId,
  ROAMBI_CLIENT_SECRET: client.clientSecret,
  PROXY_PUBLIC_URL: publicUrl,
  PROXY_MODE: 'direct',
  PROXY_REDIRECT_URIS: redirectUri,
  PROXY_ALLOWED_ORIGINS: 'https://app.example.com',
}

export interface Program {
  readonly program: ChildProcess
  /** So far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  readonly exit: Promise<number | null>
}

export function startProgram(variables: Record<string, string>, args: string[] = []): Program {
  const program = spawn(
    process.execPath,
    ['--conditions=@roambi-auth/source', '--import=tsx', 'src/main.ts', ...args],
    { cwd: new URL('..', import.meta.url), env: { PATH: process.env.PATH, ...variables } },
  )
  onTestFinished(() => void program.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  program.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  program.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const exit = once(program, 'close').then(([code]) => code as number | null)
  return { program, output, exit }
}
