import replyFrom from '@fastify/reply-from'
import Fastify from 'fastify'

const { PORT = '', UPSTREAM = '' } = process.env
const app = Fastify()
await app.register(replyFrom, { base: UPSTREAM })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
app.all('/*', (request, reply) => reply.from(request.url))
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
