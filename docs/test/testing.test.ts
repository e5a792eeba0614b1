// The chapters "Get started" and "Testing" as a reader follows them: their files, their commands.

import { expect, inject, test } from 'vitest'
import { fileOf, pageAt } from './markdown.ts'
import { freePort, fromSource, makeProject, programs } from './project.ts'

const chapter = 'docs/testing.md'
const getStarted = 'docs/get-started.md'

test('the tests of the chapter pass in Vitest, and fail when they expect another user', async () => {
  const project = makeProject({
    'test/backend.ts': fileOf(chapter, 'test/backend.ts'),
    'test/portals.test.ts': fileOf(chapter, 'test/portals.test.ts'),
    'test/client-in-state.ts': fileOf(chapter, 'test/client-in-state.ts'),
    'vitest.config.ts': conditionsOfThisRepository,
  })
  expect(await project.run('vitest', ['run'])).toMatchObject({
    code: 0,
    output: expect.stringMatching(/Tests .*2 passed/),
  })
  project.write(
    'test/portals.test.ts',
    fileOf(chapter, 'test/portals.test.ts').replace('Joan Harris', 'Don Draper'),
  )
  expect(await project.run('vitest', ['run'])).toMatchObject({ code: 1 })
})

const conditionsOfThisRepository = `
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@roambi-auth/source', 'browser', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@roambi-auth/source', 'node', 'import', 'default'] } },
})
`

test.skipIf(!inject('chromium'))(
  'the app of "Get started" signs in, as the chapter tests it with Playwright',
  async () => {
    const port = await freePort()
    const vite = ['node', ...fromSource, programs.vite].join(' ')
    const project = makeProject({
      ...Object.fromEntries(
        [
          'vite.config.ts',
          'callback.html',
          'src/callback.ts',
          'src/roambi.ts',
          'index.html',
          'src/main.ts',
        ].map((file) => [file, fileOf(getStarted, file)]),
      ),
      'config.ts': pageFromSource,
      'e2e/sign-in.spec.ts': fileOf(chapter, 'e2e/sign-in.spec.ts'),
      'playwright.config.ts': fileOf(chapter, 'playwright.config.ts')
        .replaceAll('5173', String(port))
        .replace('npx vite', `${vite} --config config.ts`)
        .replace('use: {', `use: { launchOptions: { executablePath: '${inject('chromium')}' },`),
    })
    const { code, output } = await project.run('playwright', ['test', '--reporter=line'])
    expect(output).toMatch(/1 passed/)
    expect(code).toBe(0)
    expect(pageAt(chapter).text).toContain('npx playwright test')
  },
)

/** The chapter's own settings, and where this repository has the packages. */
const pageFromSource = `
import { defaultClientConditions, mergeConfig } from 'vite'
import config from './vite.config.ts'

export default mergeConfig(config, {
  resolve: { conditions: ['@roambi-auth/source', ...defaultClientConditions] },
  server: { fs: { strict: false } },
})
`
