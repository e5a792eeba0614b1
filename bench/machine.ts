import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, type } from 'node:os'
import { join } from 'node:path'

/** Where and when: a figure means little without it. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const day = new Date().toISOString().slice(0, 10)
  const load = loadavg()[0]?.toFixed(1)
  return `${day}, Node ${process.versions.node}, ${type()} ${release()}, ${cpus().length} × ${cpu?.model.trim()}, load ${load}`
}

/** `ky 1.14.3`, as it is installed here. */
export function versioned(name: string): string {
  const file = join(import.meta.dirname, 'node_modules', name, 'package.json')
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'))
  return `${name} ${version}`
}
