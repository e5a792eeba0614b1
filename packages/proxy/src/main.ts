#!/usr/bin/env node
import closeWithGrace from 'close-with-grace'
import { checkOptions } from './check-options.ts'
import { endpointsOf } from './endpoints.ts'
import { look } from './program/check.ts'
import { reportFindings } from './program/check-report.ts'
import { helpText, readCommand, readVersion } from './program/command-line.ts'
import { InvalidSettings } from './program/invalid-settings.ts'
import { readSettings } from './program/settings.ts'
import { describeSettings } from './program/settings-report.ts'
import { findStrayVariables } from './program/stray-variables.ts'
import { createServer } from './server.ts'

try {
  await run()
} catch (error) {
  if (!(error instanceof InvalidSettings)) throw error
  for (const sentence of error.sentences) console.error(sentence)
  process.exitCode = 1
}

async function run(): Promise<void> {
  switch (readCommand(process.argv.slice(2))) {
    case 'help':
      return console.log(helpText)
    case 'version':
      return console.log(readVersion())
    case 'check':
      return check()
    case 'serve':
      return serve()
  }
}

async function check(): Promise<void> {
  const settings = readSettings(process.env)
  const options = checkOptions(settings)
  for (const line of describeSettings(options, settings)) console.log(line)
  const { callback } = endpointsOf(options.publicUrl, '')
  const { lines, isWell } = reportFindings(
    await look(options, callback),
    findStrayVariables(process.env),
  )
  for (const line of ['', ...lines]) console.log(line)
  process.exitCode = isWell ? 0 : 1
}

async function serve(): Promise<void> {
  const { host, port, ...settings } = readSettings(process.env)
  const server = createServer(settings)
  await server.listen({ host, port }).catch(async (error: ListenError) => {
    // Its connection to Redis would keep the program alive.
    await server.close()
    if (!error.syscall) throw error
    const { metricsPort } = settings
    const ofMetrics = metricsPort !== undefined && error.port === metricsPort
    const [variable, taken] = ofMetrics ? ['METRICS_PORT', metricsPort] : ['PORT', port]
    throw new InvalidSettings([
      error.code === 'EADDRINUSE'
        ? `Port ${taken} is taken: set ${variable} to another one.`
        : `HOST ${host} and ${variable} ${taken} can't be listened on (${error.code}).`,
    ])
  })
  closeWithGrace({ delay: 15_000, logger: server.log }, async ({ err }) => {
    if (err) server.log.error({ err }, 'closing after an unexpected error')
    await server.close()
  })
}

type ListenError = NodeJS.ErrnoException & { readonly port?: number }
