/** Whether this instance should be given traffic. */
export interface Readiness {
  /** What a balancer is told. Answers at once: what must be asked for is told the next time. */
  check(): ReadinessReport
  /** From now on not ready: the server is about to close. */
  drain(): void
  /** Adds to what {@link Readiness.check} looks at. */
  watch(problems: () => readonly ReadinessProblem[]): void
}

/** What a balancer is told, and how. */
export interface ReadinessReport {
  /** 503 where other instances may do better. */
  readonly statusCode: 200 | 503
  /** `degraded`: there are reasons, though perhaps none to take the instance out. */
  readonly status: 'ready' | 'degraded'
  /** Among `draining`, `credentials_refused`, `redis_gone`. Absent when it is ready. */
  readonly reasons?: readonly string[]
}

/** Why an instance is not, or not quite, ready. */
export interface ReadinessProblem {
  /** As in {@link ReadinessReport.reasons}. */
  readonly reason: 'draining' | 'credentials_refused' | 'redis_gone'
  /** Whether to take the instance out. Not where all have the same trouble, or it still serves most. */
  readonly takesOut: boolean
}

/**
 * To be asked by your own server: hand it to the plugin, and serve what it says. `createServer()` has
 * one already.
 *
 * @example
 * ```ts
 * import { createReadiness, roambiProxy } from '@roambi-auth/proxy'
 *
 * const readiness = createReadiness()
 * app.register(roambiProxy, { ...options, readiness })
 * app.get('/readyz', (_request, reply) => {
 *   const { statusCode, ...report } = readiness.check()
 *   return reply.code(statusCode).send(report)
 * })
 * app.addHook('preClose', async () => readiness.drain())
 * ```
 */
export function createReadiness(): Readiness {
  const watched: (() => readonly ReadinessProblem[])[] = []
  let isDraining = false

  return {
    check() {
      // Nothing else is looked at: what would be asked for comes too late.
      const problems = isDraining ? [draining] : watched.flatMap((problemsOf) => problemsOf())
      if (problems.length === 0) return { statusCode: 200, status: 'ready' }
      const statusCode = problems.some(({ takesOut }) => takesOut) ? 503 : 200
      return { statusCode, status: 'degraded', reasons: problems.map(({ reason }) => reason) }
    },
    drain() {
      isDraining = true
    },
    watch: (problems) => void watched.push(problems),
  }
}

const draining: ReadinessProblem = { reason: 'draining', takesOut: true }
