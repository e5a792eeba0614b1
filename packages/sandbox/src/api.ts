import type { FastifyInstance, FastifyReply } from 'fastify'
import { accountRoutes } from './account.ts'
import { requireBearer } from './bearer.ts'
import { accountUid, joan } from './directory.ts'
import { type Faults, injectFaults } from './faults.ts'
import type { Grants } from './grants.ts'
import { type ApiRequest, keepJournal } from './journal.ts'
import { createPublishing, type Job, jobDuration } from './publishing.ts'
import { Refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

interface ApiParts {
  settings: Settings
  grants: Grants
  faults: Faults
  apiRequests: ApiRequest[]
  now: () => number
  url: () => string
}

/** The API behind the access token. */
export async function apiRoutes(app: FastifyInstance, parts: ApiParts): Promise<void> {
  const { settings, grants, faults, apiRequests, now, url } = parts
  const publishing = createPublishing(now)
  keepJournal(app, apiRequests, ({ method, url: path }) => ({ method, path, status: 0 }))
  injectFaults(app, faults, 'api')
  requireBearer(app, settings, grants, now)

  app.get('/1/user/resources', async () => ({
    resources: {
      uid: joan.uid,
      name: `${joan.given_name} ${joan.family_name}`,
      given_name: joan.given_name,
      family_name: joan.family_name,
      image_url: `${url()}/images/joan.svg`,
      default_image_url: `${url()}/images/nobody.svg`,
      primary_email: joan.primary_email,
      accounts: [{ uid: accountUid, product: 'Business' }],
    },
  }))

  app.get<{ Params: { job: string } }>('/1/jobs/:job', async ({ params }, reply) => {
    const job = publishing.jobOf(params.job)
    if (!job) throw new Refusal(400, 'invalid_resource', 'Job does not exist')
    return sendJob(reply, job)
  })

  app.register(accountRoutes, { prefix: '/1/accounts/:account', publishing, sendJob })

  function sendJob(reply: FastifyReply, job: Job): FastifyReply {
    if (job.status === 'done') return reply.send({ job })
    const status_url = `${url()}/1/jobs/${job.uid}`
    return reply.code(202).send({ job, retry_after: jobDuration, status_url })
  }
}
