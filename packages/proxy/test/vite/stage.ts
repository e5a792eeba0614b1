// A small app in a folder of its own, and the servers of Vite; all of it is closed when the test is over.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { InlineConfig, Logger, PreviewServer, ViteDevServer } from 'vite'
import * as vite8 from 'vite'
import * as vite7 from 'vite-7'
import { onTestFinished, vi } from 'vitest'
import { type RoambiPluginOptions, roambi } from '../../src/vite/index.ts'

// A server of Vite takes its time on a busy machine, the first one above all.
vi.setConfig({ testTimeout: 60_000 })

/** The oldest and the newest that the plugin is for. */
export const versions = [
  ['8', vite8],
  ['7', vite7 as unknown as typeof vite8],
] as const

export interface Stage {
  /** Without a slash at its end. */
  readonly url: string
  readonly folder: string
  /** What has been said in the terminal so far, without colours. */
  terminal(): string
}

export interface Setting {
  readonly vite?: typeof vite8
  /** Beside those of the app, or in their place; `undefined` leaves one out. */
  readonly files?: Readonly<Record<string, string | undefined>>
  readonly config?: InlineConfig
}

/** `vite`, as its program starts it. */
export async function startDev(
  options?: RoambiPluginOptions,
  { vite = vite8, files, config }: Setting = {},
): Promise<Stage & { readonly server: ViteDevServer }> {
  const folder = writeApp(files)
  const { logger, terminal } = listen()
  const server = await vite.createServer({ ...usual(folder, options, logger), ...config })
  onTestFinished(() => server.close())
  await server.listen()
  server.printUrls()
  return { server, url: urlOf(server), folder, terminal }
}

/** `vite build`, and then `vite preview`. */
export async function startPreview(
  options?: RoambiPluginOptions,
  { vite = vite8, files, config }: Setting = {},
): Promise<Stage & { readonly server: PreviewServer }> {
  const folder = writeApp(files)
  const { logger, terminal } = listen()
  const whole = { ...usual(folder, options, logger), ...config }
  await vite.build(whole)
  const server = await vite.preview(whole)
  onTestFinished(() => server.close())
  server.printUrls()
  return { server, url: urlOf(server), folder, terminal }
}

export function usual(
  root: string,
  options: RoambiPluginOptions | undefined,
  customLogger: Logger,
): InlineConfig {
  return {
    root,
    configFile: false,
    customLogger,
    plugins: [roambi(options)],
    server: { port: 0 },
    preview: { port: 0 },
    build: { rollupOptions: { input: [join(root, 'index.html'), join(root, 'callback.html')] } },
  }
}

/** Gives the folder. */
export function writeApp(files: Setting['files'] = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'roambi-vite-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries({ ...app, ...files })) {
    if (text === undefined) continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const app = {
  'package.json': '{ "name": "app", "type": "module" }',
  'index.html': '<title>The app</title><script type="module" src="/src/main.ts"></script>',
  'callback.html': '<title>The callback page</title>',
  'src/main.ts': `document.title = import.meta.env.VITE_ROAMBI_CLIENT_ID
console.log(import.meta.env)
if (import.meta.hot) import.meta.hot.accept()
`,
}

/** A logger whose lines can be read. */
export function listen(): { readonly logger: Logger; terminal(): string } {
  const lines: string[] = []
  const logger = vite8.createLogger('info', { allowClearScreen: false })
  const note = (line: string) => void lines.push(line)
  const heard: Logger = { ...logger, info: note, warn: note, warnOnce: note, error: note }
  const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
  return { logger: heard, terminal: () => lines.join('\n').replace(colours, '') }
}

export function urlOf({ resolvedUrls }: ViteDevServer | PreviewServer): string {
  return new URL(resolvedUrls?.local[0] ?? '').origin
}
