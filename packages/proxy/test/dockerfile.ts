// Reads a Dockerfile, as far as ours goes, and does without a container what its build does.
import { execFile } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

export interface Stage {
  readonly name: string
  readonly instructions: readonly Instruction[]
  /** What stands behind each instruction of this name. */
  all(name: string): string[]
  /** What stands behind the only one. */
  only(name: string): string
}

interface Instruction {
  readonly name: string
  readonly text: string
}

export function readStages(dockerfile: string): Stage[] {
  const lines = dockerfile
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, '')
    .split('\n')
    .filter(Boolean)
  const instructions = lines.map((line) => {
    const [, name = '', text = ''] = line.match(/^([A-Z]+)\s+(.*)$/) ?? []
    if (!known.includes(name)) throw new Error(`The test does not know how to do: ${line}`)
    return { name, text }
  })
  const starts = instructions.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []))
  return starts.map((start, n) => stageOf(instructions.slice(start, starts[n + 1])))
}

const known = 'FROM WORKDIR COPY RUN ENV EXPOSE USER HEALTHCHECK ENTRYPOINT'.split(' ')

function stageOf(instructions: readonly Instruction[]): Stage {
  const all = (wanted: string) =>
    instructions.filter(({ name }) => name === wanted).map(({ text }) => text)
  const only = (wanted: string) => {
    const [text, ...others] = all(wanted)
    if (text === undefined || others.length > 0) throw new Error(`Not exactly one ${wanted}`)
    return text
  }
  return { name: only('FROM').split(' AS ')[1] ?? '', instructions, all, only }
}

/** The files that a stage takes from the folder that the image is built from. */
export function copiedFromContext(stage: Stage): string[] {
  return stage.all('COPY').flatMap((text) => text.split(/\s+/).slice(0, -1))
}

/** Does what the stage does to the files; `root` stands for the image's `/`. */
export async function runStage(stage: Stage, context: string, root: string): Promise<void> {
  let folder = root
  for (const { name, text } of stage.instructions) {
    if (name === 'WORKDIR') {
      folder = join(root, text)
      await mkdir(folder, { recursive: true })
    } else if (name === 'COPY') {
      await copy(text.split(/\s+/), context, folder)
    } else if (name === 'RUN') {
      // In an image it is the image's; here it would be this machine's.
      if (/\s\//.test(text)) throw new Error(`Not run here, for its absolute path: ${text}`)
      await run(text, folder)
    } else if (name !== 'FROM') throw new Error(`Not done here: ${name} ${text}`)
  }
}

async function run(command: string, folder: string): Promise<void> {
  await promisify(execFile)('sh', ['-c', command], { cwd: folder }).catch(({ stdout, stderr }) => {
    throw new Error(`${command} has failed:\n${stdout}${stderr}`)
  })
}

async function copy(paths: string[], context: string, folder: string): Promise<void> {
  const target = paths.at(-1) ?? ''
  for (const source of paths.slice(0, -1)) {
    const to = target.endsWith('/') ? join(folder, target, basename(source)) : join(folder, target)
    await cp(join(context, source), to, { recursive: true })
  }
}
