import { randomBytes } from 'node:crypto'
import { type Content, sampleContents } from './directory.ts'

/** The contents of the portals, and the jobs that add to them. */
export interface Publishing {
  /** `undefined` for an unknown portal. */
  contentsOf(portal: string): readonly Content[] | undefined
  /** Starts a job; its content appears when it is done. */
  publish(portal: string, title: string): Job
  jobOf(uid: string): Job | undefined
}

export interface Job {
  uid: string
  status: 'working' | 'done'
}

/** Seconds that a job takes. */
export const jobDuration = 1

export function createPublishing(now: () => number): Publishing {
  const contents = sampleContents()
  const jobs = new Map<string, { portal: string; content: Content; doneAt: number }>()

  function finishJobs(): void {
    for (const job of jobs.values()) {
      const portalContents = contents[job.portal]
      if (job.doneAt > now() || portalContents?.includes(job.content)) continue
      portalContents?.push(job.content)
    }
  }

  return {
    contentsOf(portal) {
      finishJobs()
      return contents[portal]
    },

    publish(portal, title) {
      const date = new Date(now()).toISOString()
      const content = { uid: newUid(), title, created_at: date, updated_at: date }
      const uid = newUid()
      jobs.set(uid, { portal, content, doneAt: now() + jobDuration * 1000 })
      return { uid, status: 'working' }
    },

    jobOf(uid) {
      const job = jobs.get(uid)
      return job && { uid, status: job.doneAt > now() ? 'working' : 'done' }
    },
  }
}

function newUid(): string {
  return randomBytes(12).toString('hex')
}
