import type { Logger } from 'vite'

/** Takes the proxy's log, of which Vite's terminal shows the sentences. */
export function logTo(logger: Logger): { write(line: string): void } {
  return {
    write(line) {
      const { level, msg, err } = JSON.parse(line) as LogLine
      const text = `roambi: ${msg}${err ? `\n${err.type} ${err.message}\n${err.stack}` : ''}`
      if (level >= 50) logger.error(text, { timestamp: true })
      else logger.warn(text, { timestamp: true })
    },
  }
}

/** Of pino, by the serializers that leave out what is secret. */
interface LogLine {
  readonly level: number
  readonly msg: string
  readonly err?: { readonly type: string; readonly message: string; readonly stack: string }
}
