// The program, for production.

import closeWithGrace from 'close-with-grace'
import { createServer } from './server.ts'

try {
  const server = createServer(process.env)
  const host = process.env.HOST || '127.0.0.1'
  await server.listen({ host, port: Number(process.env.PORT || 4001) })
  closeWithGrace({ delay: 15_000, logger: server.log }, async ({ err }) => {
    if (err) server.log.error({ err }, 'closing after an unexpected error')
    await server.close()
  })
} catch (error) {
  // What is wrong with the settings, in a sentence.
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
