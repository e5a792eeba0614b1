import type { FastifyInstance, FastifyReply } from 'fastify'

/** The pictures of the user resource, open to every page. */
export async function imageRoutes(app: FastifyInstance): Promise<void> {
  app.get('/images/joan.svg', async (_request, reply) => sendPortrait(reply, '#b0413e', 'JH'))
  app.get('/images/nobody.svg', async (_request, reply) => sendPortrait(reply, '#6b7787', '?'))
}

function sendPortrait(reply: FastifyReply, color: string, initials: string): FastifyReply {
  return reply.type('image/svg+xml').send(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">
<rect width="96" height="96" fill="${color}"/>
<text x="48" y="60" fill="#fff" font-family="system-ui, sans-serif" font-size="36" text-anchor="middle">${initials}</text>
</svg>`,
  )
}
