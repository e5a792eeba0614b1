#!/usr/bin/env node
import closeWithGrace from 'close-with-grace'
import { createServer } from './server.ts'
import { InvalidSettings, readSettings } from './settings.ts'

try {
  await run()
} catch (error) {
  if (!(error instanceof InvalidSettings)) throw error
  for (const sentence of error.sentences) console.error(sentence)
  process.exitCode = 1
}

async function run(): Promise<void> {
  const { host, port, ...settings } = readSettings(process.env)
  const server = createServer(settings)
  await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (!error.syscall) throw error
    throw new InvalidSettings([
      error.code === 'EADDRINUSE'
        ? `Port ${port} is taken: set PORT to another one.`
        : `HOST ${host} and PORT ${port} can't be listened on (${error.code}).`,
    ])
  })
  closeWithGrace({ delay: 15_000, logger: server.log }, async ({ err }) => {
    if (err) server.log.error({ err }, 'closing after an unexpected error')
    await server.close()
  })
}
