import type { Browser } from './browser.ts'
import type { Page } from './page.ts'

/** Web Locks: exclusive, in order, given up with the page that holds one, and never stolen. */
export interface Locks {
  of(page: Page): LockManager
  /** Who is at its turn. */
  holder(): Page | undefined
  /** How many turns the page waits for or has. */
  countOf(page: Page): number
}

interface Request {
  readonly page: Page
  readonly grant: () => void
}

type Callback = () => Promise<unknown>

export function createLocks({ world }: Browser): Locks {
  const queue: Request[] = []
  let held: Request | undefined

  function next(): void {
    if (held) return
    held = queue.shift()
    if (held) world.after(world.chance.between(0, 5), held.page.guard(held.grant))
  }

  function leave(request: Request): void {
    if (queue.includes(request)) queue.splice(queue.indexOf(request), 1)
    if (held !== request) return
    held = undefined
    next()
  }

  function request(page: Page, signal: AbortSignal, callback: Callback): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isTooLate = false
      const own: Request = {
        page,
        grant() {
          if (isTooLate) return leave(own)
          signal.removeEventListener('abort', giveUp)
          const settle = (task: () => void) => {
            leave(own)
            // In a browser, the news that a lock is free takes its way through another process.
            world.after(world.chance.between(0, 10), page.guard(task))
          }
          callback().then(
            (result) => settle(() => resolve(result)),
            (error) => settle(() => reject(error)),
          )
        },
      }
      function giveUp() {
        isTooLate = true
        if (held !== own) leave(own)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp)
      page.onDeath(() => void world.after(world.chance.between(20, 40), () => leave(own)))
      queue.push(own)
      next()
    })
  }

  return {
    of: (page) =>
      ({
        request: (_name: string, { signal }: { signal: AbortSignal }, callback: Callback) =>
          request(page, signal, callback),
      }) as LockManager,
    holder: () => held?.page,
    countOf: (page) => [...queue, held].filter((each) => each?.page === page).length,
  }
}
