// What the types of the entries say about them, as an editor would show it.
import ts from 'typescript'
import type { Entry } from './entries.ts'

export interface PublicName {
  /** With its interface or class: `Roambi.login`. */
  readonly name: string
  readonly comment: string
}

export interface Example {
  readonly language: string
  readonly code: string
}

export interface PublicTypes {
  readonly entry: Entry
  /** The exported names, and the members of those that are interfaces or classes. */
  readonly names: readonly PublicName[]
  /** The code in their comments, in order. */
  readonly examples: readonly Example[]
}

export function readPublicTypes(entries: readonly Entry[]): PublicTypes[] {
  const files = entries.map(({ types }) => types)
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    types: [],
  })
  return entries.map((entry) => publicTypesOf(entry, program))
}

function publicTypesOf(entry: Entry, program: ts.Program): PublicTypes {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry.types)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${entry.types} is no module.`)

  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
  const symbols = exported.flatMap((symbol) => [
    { name: symbol.name, symbol },
    ...membersOf(symbol).map((member) => ({
      name: `${symbol.name}.${member.name}`,
      symbol: member,
    })),
  ])
  return {
    entry,
    names: symbols.map(({ name, symbol }) => ({
      name,
      comment: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    })),
    examples: symbols.flatMap(({ symbol }) => examplesIn(symbol)),
  }
}

// Of a class, what it has inherited is not its own to explain.
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  const members = [...(symbol.members?.values() ?? [])]
  return members.filter(({ flags }) => flags & ts.SymbolFlags.ClassMember)
}

function examplesIn(symbol: ts.Symbol): Example[] {
  const comments = (symbol.declarations ?? []).flatMap(ts.getJSDocCommentsAndTags)
  const texts = comments.filter(ts.isJSDoc).map((comment) => comment.getText())
  return texts.flatMap((text) => {
    const blocks = text.replace(/^ *\* ?/gm, '').matchAll(/^```(tsx?)\n(.*?)^```$/gms)
    return [...blocks].map(([, language = '', code = '']) => ({ language, code }))
  })
}
