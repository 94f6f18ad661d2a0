import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { HttpApp } from './app.ts'

/** The app on Node's server, not listening yet: what its direct lane does not take goes through Hono. */
export function createHttpServer(app: HttpApp): Server {
  const throughHono = getRequestListener(app.fetch)
  return createServer((incoming, outgoing) => {
    if (!app.lane.takes(incoming, outgoing)) void throughHono(incoming, outgoing)
  })
}
