import type { Browser } from './browser.ts'
import { type Page, running } from './page.ts'

type Options = { signal?: AbortSignal }

/** Stands in for what the code finds in its page: the one whose code is running. */
export function globalsOf(browser: () => Browser) {
  function addEventListener(type: string, listener: (event: Event) => void, { signal }: Options) {
    const { listeners } = runningPage()
    const ofType = listeners.get(type) ?? new Set()
    listeners.set(type, ofType.add(listener))
    signal?.addEventListener('abort', () => ofType.delete(listener))
  }

  return {
    addEventListener,
    document: {
      addEventListener,
      get visibilityState() {
        return runningPage().isVisible ? 'visible' : 'hidden'
      },
    },
    BroadcastChannel: function BroadcastChannel(name: string) {
      return openChannel(browser(), runningPage(), name)
    },
  }
}

function runningPage(): Page {
  if (!running.page) throw new Error('No code of a page is running.')
  return running.page
}

/** Messages come in order, soon; a frozen page gets them late or never. */
function openChannel({ world, pages }: Browser, page: Page, name: string) {
  const arrivals = new Map<Page, number>()

  function postMessage(data: { reason: string }): void {
    world.tell(() => `${page.name} tells the others: ${data.reason}`)
    for (const other of pages) {
      if (other === page || !other.isAlive) continue
      if (other.isFrozen && world.chance.is(0.5)) continue
      const arrival = Math.max(world.now + world.chance.between(0, 40), arrivals.get(other) ?? 0)
      arrivals.set(other, arrival)
      const hear = other.guard(() => {
        for (const channel of other.channels) if (channel.name === name) channel.hear(data)
      })
      world.after(arrival - world.now, hear)
    }
  }

  return {
    postMessage,
    addEventListener(_type: 'message', listener: (event: { data: unknown }) => void) {
      page.channels.add({ name, hear: (data) => listener({ data }) })
    },
    close() {
      page.channels.clear()
    },
  }
}
