import { Agent } from 'node:http'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'

const { PORT = '', UPSTREAM = '' } = process.env
// By default it opens a connection for each request.
const agent = new Agent({ keepAlive: true })
const app = express().disable('x-powered-by')
app.use(createProxyMiddleware({ target: UPSTREAM, changeOrigin: true, agent }))
app.listen(Number(PORT), '127.0.0.1')
