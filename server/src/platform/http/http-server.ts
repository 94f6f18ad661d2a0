import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { HttpApp } from './app.ts'
import { breakStalledReaders } from './stalled-readers.ts'

/** The app on Node's server, not listening yet: what its direct lane does not take goes through Hono. */
export function createHttpServer(app: HttpApp, options: { stalledReaderMs?: number } = {}): Server {
  const throughHono = getRequestListener(app.fetch)
  const server = createServer((incoming, outgoing) => {
    if (!app.lane.takes(incoming, outgoing)) void throughHono(incoming, outgoing)
  })
  breakStalledReaders(server, options.stalledReaderMs)
  return server
}
