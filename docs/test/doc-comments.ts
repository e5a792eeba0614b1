// The fenced blocks in the doc comments of what is published.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { visit } from 'unist-util-visit'
import { type Block, blockOf, root } from './markdown.ts'

export const docCommentBlocks: readonly Block[] = ['browser', 'proxy', 'sandbox'].flatMap(
  (name) => {
    const folder = `packages/${name}/src`
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) => blocksIn(`${folder}/${file}`))
  },
)

function blocksIn(path: string): Block[] {
  const source = readFileSync(join(root, path), 'utf8')
  return [...source.matchAll(/\/\*\*(.*?)\*\//gs)].flatMap(({ 1: comment = '', index }) => {
    const firstLine = source.slice(0, index).split('\n').length
    const tree = fromMarkdown(comment.replaceAll(/^ *\* ?/gm, ''))
    const blocks: Block[] = []
    visit(tree, 'code', (node) => {
      const line = firstLine + (node.position?.start.line ?? 0)
      if (node.lang) blocks.push(blockOf(path, node, line, ''))
    })
    return blocks
  })
}
