// Type-checks blocks of code against the sources of the packages: one program for all of them.

import { join } from 'node:path'
import ts from 'typescript'
import type { Block } from './markdown.ts'

/** What TypeScript has to say: a line each, which begins with the place. */
export function typeCheck(blocks: readonly Block[]): string[] {
  const modules = modulesOf(blocks)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = (path) => modules.has(path) || fileExists(path)
  host.readFile = (path) => modules.get(path)?.code ?? readFile(path)
  host.getSourceFile = (path, settings, ...rest) => {
    const module = modules.get(path)
    if (!module) return getSourceFile(path, settings, ...rest)
    return ts.createSourceFile(path, module.code, settings)
  }
  host.resolveModuleNameLiterals = (literals, from, _redirect, settings, file) =>
    literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(file, literal, settings)
      const neighbour = neighbourOf(literal.text, from, modules)
      if (!neighbour) {
        return ts.resolveModuleName(literal.text, from, settings, host, undefined, undefined, mode)
      }
      const extension = /\.\w+$/.exec(neighbour)?.[0] ?? ''
      return { resolvedModule: { resolvedFileName: neighbour, extension } }
    })

  const program = ts.createProgram([...modules.keys(), ...declarations], options, host)
  return [...modules].flatMap(([path, module]) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => sentenceOf(diagnostic, module),
    )
  })
}

// As `npm create vite` sets it up, and stricter where an app may be.
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  customConditions: ['@roambi-auth/source'],
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  allowJs: true,
  skipLibCheck: true,
  noEmit: true,
}

const declarations = ['taken-for-granted.d.ts', 'vue-files.d.ts'].map((name) =>
  join(import.meta.dirname, name),
)

interface Module {
  readonly page: string
  /** Of its first line. */
  readonly line: number
  readonly file: string | undefined
  code: string
}

/** Each in a file that is nowhere, but where the packages are found from. */
function modulesOf(blocks: readonly Block[]): Map<string, Module> {
  const modules = new Map<string, Module>()
  let last: Module | undefined
  for (const { page, line, kind, code, file, continues } of blocks) {
    if (continues && last?.page === page) {
      // Lines keep their numbers.
      const gap = line - last.line - last.code.split('\n').length + 1
      last.code += '\n'.repeat(gap) + code
      continue
    }
    last = { page, line, file, code }
    modules.set(join(import.meta.dirname, 'block', page, `${line}.${kind}`), last)
  }
  return modules
}

/**
 * The block that is the file which another one imports: of the same page the nearest before it, or else
 * after it; or one of "Get started", which all pages build on.
 */
function neighbourOf(
  specifier: string,
  from: string,
  modules: ReadonlyMap<string, Module>,
): string | undefined {
  const importer = modules.get(from)
  if (!importer || !specifier.startsWith('.')) return undefined
  const stem = join('/', importer.file ?? 'src/main.ts', '..', specifier).replace(/\.tsx?$/, '')
  const found = [...modules].filter(([, { file }]) => file && stemOf(file) === stem)
  const here = found.filter(([, { page }]) => page === importer.page)
  const before = here.findLast(([, { line }]) => line < importer.line)
  const elsewhere = found.find(([, { page }]) => page === 'docs/get-started.md')
  return (before ?? here[0] ?? elsewhere)?.[0]
}

function stemOf(file: string): string {
  return join('/', file).replace(/\.tsx?$/, '')
}

function sentenceOf({ file, start = 0, messageText }: ts.Diagnostic, module: Module): string {
  const line = file?.getLineAndCharacterOfPosition(start).line ?? 0
  const words = ts.flattenDiagnosticMessageText(messageText, ' ')
  return `${module.page}:${module.line + line}: ${words}`
}
