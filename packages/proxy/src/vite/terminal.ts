// What stands in the terminal, in Vite's own style.
import { styleText } from 'node:util'
import type { InlineConfig, Logger } from 'vite'
import { sentencesOf } from './problem.ts'
import type { Server } from './public-url.ts'
import type { Setup } from './setup.ts'

/** What is missing is told at once, and how to sign in below the URLs that Vite tells. */
export function tellSetup(server: Server, setup: Setup): void {
  const { printUrls, httpServer } = server
  const { logger, inlineConfig } = server.config
  const tell = () => void complainOf(() => logger.info(howToSignIn(setup)), logger)
  const isWell = complainOf(() => setup.readEarly(), logger)
  server.printUrls = () => {
    printUrls()
    if (isWell) tell()
  }
  // Vite does not tell its URLs again when it restarts with what was missing.
  if (isWell && wereLacking.has(inlineConfig)) {
    // Vite 7.0 knows its address only later.
    httpServer?.once('listening', () => server.resolvedUrls && tell())
  }
  if (isWell) wereLacking.delete(inlineConfig)
  else wereLacking.add(inlineConfig)
}

const wereLacking = new WeakSet<InlineConfig>()

/** Gives whether all is well. */
function complainOf(action: () => void, logger: Logger): boolean {
  try {
    action()
    return true
  } catch (error) {
    const lines = sentencesOf(error).map((sentence) => `  ${sentence}`)
    logger.warn(['roambi: nobody can sign in yet.', ...lines].join('\n'), { timestamp: true })
    return false
  }
}

function howToSignIn({ sandbox, read }: Setup): string {
  const { settings, redirectUri } = read()
  const { apiUrl = 'https://api.roambi.com/1' } = settings
  const head = `  ${paint('green', '➜')}  ${paint('bold', 'Roambi')}:  `
  if (!sandbox) {
    const url = paint('cyan', redirectUri)
    return `${head}${new URL(apiUrl).host}, which must know the redirect URI ${url}`
  }
  const { email, password } = sandbox.account
  return `${head}${paint('cyan', sandbox.url)}, a sandbox: sign in as ${paint('bold', email)}, password ${paint('bold', password)}`
}

function paint(style: 'green' | 'bold' | 'cyan', text: string): string {
  return process.stdout.hasColors?.() ? styleText(style, text) : text
}
