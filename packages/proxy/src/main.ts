#!/usr/bin/env node
import closeWithGrace from 'close-with-grace'
import { createServer } from './server.ts'
import { InvalidSettings, readSettings } from './settings.ts'

try {
  const { host, port, ...settings } = readSettings(process.env)
  const server = createServer(settings)
  await server.listen({ host, port })
  closeWithGrace({ delay: 15_000, logger: server.log }, async ({ err }) => {
    if (err) server.log.error({ err }, 'closing after an unexpected error')
    await server.close()
  })
} catch (error) {
  for (const sentence of explain(error)) console.error(sentence)
  process.exitCode = 1
}

function explain(error: unknown): readonly string[] {
  if (error instanceof InvalidSettings) return error.sentences
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    return error.code === 'EADDRINUSE'
      ? ['The port is taken: set PORT to another one.']
      : [`HOST and PORT can't be listened on (${error.code}).`]
  }
  throw error
}
