import type { FastifyBaseLogger } from 'fastify'
import type { Client } from '../client.ts'
import type { CredentialsVerdict } from '../upstream/credentials.ts'
import type { ReadinessProblem } from './readiness.ts'

/** Remembers whether Roambi takes the clients' credentials. */
export interface CredentialsWatch {
  /** What Roambi's last answer to this client's credentials said of them. */
  heard(clientId: string, verdict: CredentialsVerdict): void
  isRefused(clientId: string): boolean
  /**
   * Looks again at those that are not accepted, at most every 15 s: an instance that gets no traffic
   * would else never hear that it is well. The next call knows.
   */
  problems(): readonly ReadinessProblem[]
}

export interface CredentialsWatchOptions {
  readonly clients: readonly Client[]
  /** Asks Roambi about all of the client's secrets. */
  readonly probe: (client: Client) => Promise<CredentialsVerdict>
  readonly log: FastifyBaseLogger
}

export function createCredentialsWatch({
  clients,
  probe,
  log,
}: CredentialsWatchOptions): CredentialsWatch {
  const verdicts = new Map<string, CredentialsVerdict>()
  let nextProbe = 0

  function heard(clientId: string, verdict: CredentialsVerdict): void {
    if (verdict === 'unknown') return
    const before = verdicts.get(clientId) ?? 'accepted'
    verdicts.set(clientId, verdict)
    if (verdict === before) return
    if (verdict === 'refused') log.error({ clientId }, 'Roambi refuses the credentials')
    else log.info({ clientId }, 'Roambi accepts the credentials again')
  }

  async function lookAgain(): Promise<void> {
    const doubtful = clients.filter(({ clientId }) => verdicts.get(clientId) !== 'accepted')
    if (doubtful.length === 0 || Date.now() < nextProbe) return
    nextProbe = Date.now() + probePause
    const ask = async (client: Client) => heard(client.clientId, await probe(client))
    await Promise.all(doubtful.map(ask))
  }

  const isRefused = (clientId: string): boolean => verdicts.get(clientId) === 'refused'

  return {
    heard,
    isRefused,
    problems() {
      const refused = clients.filter(({ clientId }) => isRefused(clientId))
      lookAgain().catch((err) => log.error({ err }, "the credentials can't be looked at"))
      if (refused.length === 0) return []
      return [{ reason: 'credentials_refused', takesOut: refused.length === clients.length }]
    },
  }
}

/** In ms. */
const probePause = 15_000
