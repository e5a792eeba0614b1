// All Markdown of the repository, and what the tests want to know of it.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import GithubSlugger from 'github-slugger'
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { toString as textOf } from 'mdast-util-to-string'
import { gfm } from 'micromark-extension-gfm'
import { parseFragment } from 'parse5'
import { visit } from 'unist-util-visit'

export const root: string = join(import.meta.dirname, '../..')

export interface Page {
  /** From the root of the repository, such as `docs/errors.md`. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** Where links and pictures lead, as they are written. */
  readonly targets: readonly Target[]
  /** What `#…` can lead to. */
  readonly anchors: ReadonlySet<string>
}

/** A fenced block of code. */
export interface Block {
  readonly page: string
  /** Of its first line of code. */
  readonly line: number
  /** What follows the fence; empty: plain text, such as a diagram. */
  readonly kind: string
  readonly code: string
  /** The file that its first line names, as in `// src/main.ts`. */
  readonly file: string | undefined
  /** Whether it goes on where the block before it ends: after the comment `<!-- continues -->`. */
  readonly continues: boolean
}

export interface Target {
  readonly line: number
  readonly url: string
}

// Not written by hand, or not part of the repository.
const passedBy = /^(\..*|node_modules|dist|api|tmp.*)$/

/** Every page, in the order of its path. */
export const pages: readonly Page[] = markdownIn(root).sort().map(readPage)

/** The block of a page that is this file. */
export function fileOf(path: string, file: string): string {
  const found = pageAt(path).blocks.find((block) => block.file === file)
  if (!found) throw new Error(`${path} has no block that begins with ${file}`)
  return found.code
}

export function pageAt(path: string): Page {
  const page = pages.find((each) => each.path === path)
  if (!page) throw new Error(`There is no ${path}`)
  return page
}

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return passedBy.test(entry.name) ? [] : markdownIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

function readPage(file: string): Page {
  const path = relative(root, file)
  const text = readFileSync(file, 'utf8')
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  const slugger = new GithubSlugger()
  const blocks: Block[] = []
  const targets: Target[] = []
  const anchors = new Set<string>()
  let before = ''

  visit(tree, (node) => {
    const line = node.position?.start.line ?? 0
    if (node.type === 'heading') anchors.add(slugger.slug(textOf(node)))
    if (node.type === 'code') blocks.push(blockOf(path, node, line + 1, before))
    if ('url' in node) targets.push({ line, url: node.url })
    if (node.type === 'html') targets.push(...targetsIn(node.value, line))
    if (node.type === 'html' || node.type === 'code')
      before = node.type === 'html' ? node.value : ''
  })
  return { path, text, blocks, targets, anchors }
}

/** A fenced block, of a page or of a doc comment. */
export function blockOf(
  page: string,
  { lang, value }: Pick<Extract<Nodes, { type: 'code' }>, 'lang' | 'value'>,
  line: number,
  before: string,
): Block {
  return {
    page,
    line,
    kind: lang ?? '',
    code: `${value}\n`,
    file: /^(?:\/\/|#|<!--) ([\w./-]+\.\w+)(?: -->)?$/m.exec(value.split('\n', 1)[0] ?? '')?.[1],
    continues: before.includes('<!-- continues -->'),
  }
}

/** In the HTML that Markdown lets through: `<a href>`, `<img src>`, `<source srcset>`. */
function targetsIn(html: string, line: number): Target[] {
  const urls: Target[] = []
  const walk = (node: object) => {
    const { attrs = [], childNodes = [] } = node as {
      attrs?: { name: string; value: string }[]
      childNodes?: object[]
    }
    for (const { name, value } of attrs) {
      if (['href', 'src', 'srcset'].includes(name)) urls.push({ line, url: value })
    }
    childNodes.forEach(walk)
  }
  walk(parseFragment(html))
  return urls
}
