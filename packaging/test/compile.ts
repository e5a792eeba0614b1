// TypeScript, in several versions, in a user's project.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'

export interface Compilation {
  /** The folder of the project. */
  readonly project: string
  /** Files of it, with patterns. */
  readonly include: readonly string[]
  readonly version: TypeScriptVersion
  readonly moduleResolution: 'bundler' | 'nodenext'
  readonly exactOptionalPropertyTypes: boolean
  /** Pages know no Node, and servers no DOM. */
  readonly surroundings: 'page' | 'server'
}

export type TypeScriptVersion = '5.9' | '6.0' | '7'

/** Checks the files and all types that they import; gives what the compiler says. */
export async function compile({
  project,
  include,
  version,
  surroundings,
  moduleResolution,
  exactOptionalPropertyTypes,
}: Compilation): Promise<string> {
  const compilerOptions = {
    ...libraries[surroundings],
    target: 'es2022',
    module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution,
    jsx: 'react-jsx',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes,
    skipLibCheck: false,
    noEmit: true,
  }
  const config = join(project, `tsconfig.${surroundings}.json`)
  await writeFile(config, JSON.stringify({ compilerOptions, include }))
  const compiler = join(import.meta.dirname, '../node_modules', compilers[version], 'bin/tsc')
  return run(process.execPath, [compiler, '--project', config], { cwd: project })
    .then(() => '')
    .catch(({ message }: Error) => message)
}

const compilers: Readonly<Record<TypeScriptVersion, string>> = {
  '5.9': 'typescript-5.9',
  '6.0': 'typescript',
  '7': 'typescript-7',
}

const libraries = {
  page: { lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
  server: { lib: ['es2023'], types: ['node'] },
}
