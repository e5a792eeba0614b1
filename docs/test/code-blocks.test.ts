// Every block of code in the Markdown of the repository and in the doc comments is what it says it is.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { docCommentBlocks } from './doc-comments.ts'
import { type Block, pages, root } from './markdown.ts'
import { faultsOfPage, scriptsIn } from './page-block.ts'
import { faultsOfShell } from './shell.ts'
import { typeCheck } from './type-check.ts'

const blocks = [...pages.flatMap((page) => page.blocks), ...docCommentBlocks]
const ofKind = (...kinds: string[]) => blocks.filter(({ kind }) => kinds.includes(kind))

/** What only running it can tell: the test that does, which names the page. */
const runElsewhere: Record<string, readonly string[]> = {
  'packages/proxy/README.md yaml': ['packages/proxy/test/container.test.ts', 'README.md'],
  'packages/proxy/README.md js': ['packages/proxy/test/readme.test.ts', 'README.md'],
  'docs/vue.md vue': ['docs/test/vue.test.ts', 'docs/vue.md'],
  'docs/svelte.md svelte': ['docs/test/svelte.test.ts', 'docs/svelte.md'],
}

test('each block is of a kind that is looked at', () => {
  const known = ['', 'ts', 'tsx', 'sh', 'json', 'html']
  const unknown = blocks.filter(
    ({ page, kind }) => !known.includes(kind) && !(`${page} ${kind}` in runElsewhere),
  )
  expect(unknown.map(placeOf)).toEqual([])
})

test.each(Object.entries(runElsewhere))('%s is run elsewhere', (_, [file = '', page]) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(page)
})

test('TypeScript is right, and the scripts of HTML are well-formed', () => {
  expect(typeCheck([...ofKind('ts', 'tsx'), ...ofKind('html').flatMap(inlineScripts)])).toEqual([])
}, 300_000)

describe('shell', () => {
  test.each(ofKind('sh').map(withPlace))('%s', (_, { code }) => {
    expect(faultsOfShell(code)).toEqual([])
  })
})

describe('JSON', () => {
  test.each(ofKind('json').map(withPlace))('%s', (_, { code }) => {
    expect(JSON.parse(code)).toBeTypeOf('object')
  })
})

describe('HTML', () => {
  test.each(ofKind('html').map(withPlace))('%s', (_, block) => {
    expect(faultsOfPage(block)).toEqual([])
    const files = blocks.filter(({ page }) => page === block.page).map(({ file }) => `/${file}`)
    for (const { type, src, text } of scriptsIn(block)) {
      if (src) expect([...files, ...filesOfVite]).toContain(src)
      if (type === 'importmap') expect(JSON.parse(text)).toHaveProperty('imports')
    }
  })
})

// To be read in a terminal, and on a page of GitHub.
test('a diagram is not wider than 100 columns', () => {
  const lines = ofKind('')
    .filter(({ code }) => code.includes('│'))
    .flatMap(({ page, line, code }) =>
      code.split('\n').map((text, index) => ({ place: `${page}:${line + index}`, text })),
    )
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.filter(({ text }) => [...text].length > 100)).toEqual([])
})

/** What `npm create vite` has made already. */
const filesOfVite = ['/src/main.ts', '/src/main.tsx', '/src/callback.ts']

function inlineScripts(block: Block): Block[] {
  return scriptsIn(block)
    .filter(({ type, text }) => type === 'module' && text.trim())
    .map(({ text, line }) => ({
      ...block,
      kind: 'js',
      code: text,
      line: block.line + line,
      file: undefined,
    }))
}

function withPlace(block: Block): [string, Block] {
  return [placeOf(block), block]
}

function placeOf({ page, line, kind }: Block): string {
  return `${page}:${line}${kind && ` (${kind})`}`
}
