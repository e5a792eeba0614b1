import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { accountUid, type Content, closedPortalUid, people, portals } from './directory.ts'
import type { Job, Publishing } from './publishing.ts'
import { Refusal } from './refusal.ts'

interface AccountParts {
  publishing: Publishing
  sendJob: (reply: FastifyReply, job: Job) => FastifyReply
}

/** What belongs to one account. */
export async function accountRoutes(app: FastifyInstance, parts: AccountParts): Promise<void> {
  const { publishing, sendJob } = parts
  app.addHook<{ Params: { account: string } }>('preHandler', async ({ params }) => {
    if (params.account !== accountUid) {
      throw new Refusal(400, 'invalid_account', 'Account does not exist')
    }
  })

  app.get('/portals', async () => ({ portals }))

  app.get<{ Params: { portal: string } }>('/portals/:portal/contents', async ({ params }) => ({
    contents: contentsOf(params.portal),
  }))

  app.post<{ Params: { portal: string }; Body: { title: string } }>(
    '/portals/:portal/contents',
    { schema: { body: newContent } },
    async ({ params, body }, reply) => {
      if (contentsOf(params.portal).some(({ title }) => title === body.title)) {
        throw new Refusal(400, 'resource_exists', 'There is a content with this title')
      }
      return sendJob(reply, publishing.publish(params.portal, body.title))
    },
  )

  app.get<{ Querystring: { offset: number; limit: number } }>(
    '/users',
    { schema: { querystring: range } },
    async ({ query: { offset, limit } }) => {
      const users = people.slice(offset, offset + limit)
      const counts = { record_count: people.length, result_count: users.length }
      return { users, list_data: { offset, limit, ...counts } }
    },
  )

  app.post('/users', async () => {
    throw new Refusal(402, 'access_denied', 'Only an administrator may add users')
  })

  function contentsOf(portal: string): readonly Content[] {
    if (portal === closedPortalUid) {
      throw new Refusal(403, 'access_denied', 'No access to this portal')
    }
    const contents = publishing.contentsOf(portal)
    if (!contents) throw new Refusal(400, 'invalid_resource', 'Portal does not exist')
    return contents
  }
}

const newContent = Type.Object({ title: Type.String({ minLength: 1 }) })

const range = Type.Object({
  offset: Type.Integer({ minimum: 0, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
})
