// What can be said of a block of HTML without a browser.

import { type DefaultTreeAdapterMap, parse, parseFragment } from 'parse5'
import type { Block } from './markdown.ts'

export interface Script {
  readonly type: string
  readonly src: string | undefined
  readonly text: string
  /** In the block, from 0. */
  readonly line: number
}

/** Sentences about what is wrong with the HTML itself. */
export function faultsOfPage({ code }: Pick<Block, 'code'>): string[] {
  const faults: string[] = []
  read(code, (fault) => faults.push(fault))
  return faults
}

export function scriptsIn({ code }: Pick<Block, 'code'>): Script[] {
  const found: Script[] = []
  const walk = (node: DefaultTreeAdapterMap['node']) => {
    if ('tagName' in node && node.tagName === 'script') {
      const attribute = (name: string) => node.attrs.find((each) => each.name === name)?.value
      const [text] = node.childNodes
      found.push({
        type: attribute('type') ?? '',
        src: attribute('src'),
        text: text && 'value' in text ? text.value : '',
        line: (node.sourceCodeLocation?.startTag?.endLine ?? 1) - 1,
      })
    }
    if ('childNodes' in node) node.childNodes.forEach(walk)
  }
  walk(read(code))
  return found
}

/** A whole page, or a part of one. */
function read(code: string, onFault: (fault: string) => void = () => {}) {
  const options = {
    sourceCodeLocationInfo: true,
    onParseError: ({ code: fault, startLine }: { code: string; startLine: number }) =>
      onFault(`line ${startLine}: ${fault}`),
  }
  return /^(<!--.*-->\s*)?<!doctype/i.test(code)
    ? parse(code, options)
    : parseFragment(code, options)
}
