// What the types of the entries say about them, as an editor would show it.
import ts from 'typescript'
import type { Entry } from './entries.ts'

export interface PublicName {
  /** Of the entry. */
  readonly specifier: string
  /** With its interface or class: `Roambi.login`. */
  readonly name: string
  readonly comment: string
}

/** The exported names, and the members of those that are interfaces or classes. */
export function readPublicNames(entries: readonly Entry[]): PublicName[] {
  const files = entries.map(({ types }) => types)
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    types: [],
  })
  return entries.flatMap((entry) => namesOf(entry, program))
}

function namesOf({ specifier, types }: Entry, program: ts.Program): PublicName[] {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(types)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${types} is no module.`)

  const named = (name: string, symbol: ts.Symbol): PublicName => ({
    specifier,
    name,
    comment: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
  })
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const isAlias = exported.flags & ts.SymbolFlags.Alias
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
    const members = membersOf(symbol).map((member) =>
      named(`${symbol.name}.${member.name}`, member),
    )
    return [named(symbol.name, symbol), ...members]
  })
}

// Of a class, what it has inherited is not its own to explain.
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  const members = [...(symbol.members?.values() ?? [])]
  return members.filter(({ flags }) => flags & ts.SymbolFlags.ClassMember)
}
