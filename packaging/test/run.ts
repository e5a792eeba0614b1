// Runs other programs as a person would who has this machine, and no workspace around.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface RunOptions {
  cwd: string
  env?: Record<string, string>
}

/** Gives what was printed on standard output; rejects with all that was printed. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<string> {
  const options = { cwd, env: { ...environment, ...env }, maxBuffer: 2 ** 26 }
  try {
    return (await promisify(execFile)(command, args, options)).stdout
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout: string; stderr: string; message: string }
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr || message}`)
  }
}

/** The pnpm of this repository. */
export function pnpm(...args: string[]): [command: string, args: string[]] {
  return ['npx', ['-y', 'pnpm@12', ...args]]
}

// What pnpm and Vitest tell the programs that they start is not for those of a user.
export const environment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_(registry|cache)$)|VITEST|NODE_ENV$)/i.test(name),
  ),
)
