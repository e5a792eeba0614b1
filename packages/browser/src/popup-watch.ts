import type { Clock } from './clock.ts'

/**
 * What can be told of the popup. A page with a COOP header makes an open window read as closed; but
 * then the app has no focus, since the window has it. Focus that is back for 2 s means that the user
 * has closed the window, or has only gone back to the app: nobody can tell which (`maybe-closed`).
 * Unless the window could be told apart before, and was closed the moment it lost the focus: `closed`.
 */
export type PopupSight = 'open' | 'maybe-closed' | 'closed'

export interface PopupWatchOptions {
  readonly popup: Pick<Window, 'closed'>
  readonly clock: Clock
  /** Ends the watch. */
  readonly end: AbortSignal
  readonly hasFocus?: (() => boolean) | undefined
}

/**
 * Looks at the popup every 300 ms. To be called when it has been sent to sign in; it is `open` at
 * first, and `onChange` is called when that changes.
 */
export function watchPopup(
  { popup, clock, end, hasFocus = () => document.hasFocus() }: PopupWatchOptions,
  onChange: (sight: PopupSight) => void,
): void {
  const judge = createJudge(clock.now())
  let sight: PopupSight = 'open'
  let callOff = clock.after(interval, look)
  end.addEventListener('abort', () => callOff())

  function look() {
    const before = sight
    sight = judge(clock.now(), popup.closed, hasFocus())
    callOff = clock.after(interval, look)
    if (sight !== before) onChange(sight)
  }
}

// All in ms.
const interval = 300
/** How long the app must have had the focus. */
const patience = 2000
/** How long a first page may take until its headers have had their effect. */
const loading = 3000
/** Within which the focus comes back from a window that is closed; it was seen to take 300. */
const focusReturn = 1000

function createJudge(sentAt: number) {
  /** Whether it once read as open while it had the focus, its first page being there. */
  let wasTruthful = false
  let closedSince: number | undefined
  /** Since when it reads as closed and the app has the focus. */
  let focusedSince: number | undefined

  return function judge(now: number, isClosed: boolean, hasFocus: boolean): PopupSight {
    if (!isClosed && !hasFocus && now - sentAt >= loading) wasTruthful = true
    closedSince = isClosed ? (closedSince ?? now) : undefined
    focusedSince = isClosed && hasFocus ? (focusedSince ?? now) : undefined
    if (!closedSince || !focusedSince || now - focusedSince < patience) return 'open'
    return wasTruthful && focusedSince - closedSince <= focusReturn ? 'closed' : 'maybe-closed'
  }
}
