import { readdir, readFile } from 'node:fs/promises'

/** What a process holds, as Linux tells. */
export interface Resources {
  /** Resident memory, in MB. */
  readonly memory: number
  /** Open file descriptors: files, sockets, pipes. */
  readonly descriptors: number
}

export async function resourcesOf(pid: number): Promise<Resources> {
  const [status, descriptors] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
  ])
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
  return { memory: Math.round(kilobytes / 1024), descriptors: descriptors.length }
}

/** What has grown more than a process that forgets nothing it should may grow; else nothing. */
export function faultOfGrowth(before: Resources, after: Resources): string | undefined {
  // nginx keeps 16 connections for each of its two workers, a proxy 64 to Roambi at most.
  const descriptors = after.descriptors - before.descriptors
  if (descriptors > 40) return `${descriptors} descriptors more`
  const memory = after.memory - before.memory
  // V8 takes its time to give back, and does not while there is plenty.
  return memory > 60 ? `${memory} MB more` : undefined
}
