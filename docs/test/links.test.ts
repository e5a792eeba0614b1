// Every link within the repository leads somewhere.

import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { pages, root, type Target } from './markdown.ts'

test.each(pages)(
  'the links of $path lead to files and headings that are there',
  ({ path, targets }) => {
    expect(
      targets.filter(({ url }) => !isExternal(url)).flatMap((each) => faultOf(path, each)),
    ).toEqual([])
  },
)

test('the links to elsewhere are https, and whole', () => {
  const faulty = pages.flatMap(({ path, targets }) =>
    targets
      .filter(({ url }) => isExternal(url) && !isOnThisMachine(url))
      .filter(({ url }) => !url.startsWith('https://') || !URL.canParse(url))
      .map(({ line, url }) => `${path}:${line}: ${url}`),
  )
  expect(faulty).toEqual([])
})

test('each chapter is in the list of docs/README.md, and has a heading', () => {
  const chapters = pages.filter(({ path }) => /^docs\/(?!README)[^/]+\.md$/.test(path))
  const listed = pages.find(({ path }) => path === 'docs/README.md')?.targets.map(({ url }) => url)
  for (const { path, text } of chapters) {
    expect(listed).toContain(relative('docs', path))
    expect(text, path).toMatch(/^# \S/)
  }
})

function isExternal(url: string): boolean {
  return /^[a-z]+:/.test(url)
}

// An address in a sentence is a link on GitHub: http://localhost:5173
function isOnThisMachine(url: string): boolean {
  return /^http:\/\/(localhost|127\.0\.0\.1)\b/.test(url)
}

function faultOf(page: string, { line, url }: Target): string[] {
  const [file = '', anchor] = url.split('#')
  const target = file ? join(dirname(page), decodeURI(file)) : page
  const place = `${page}:${line}: ${url}`
  if (!existsSync(join(root, target))) return [`${place} is not there`]
  if (anchor === undefined) return []
  const path = statSync(join(root, target)).isDirectory() ? join(target, 'README.md') : target
  const anchors = pages.find((each) => each.path === path)?.anchors
  return anchors?.has(anchor) ? [] : [`${place}: ${path} has no such heading`]
}
