import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { HttpApp } from '../platform/http/app.ts'
import { createHttpServer } from '../platform/http/http-server.ts'

export interface Listening {
  url: string
  port: number
  close(): Promise<void>
}

/** Puts an app on a real socket of this machine, for what only a socket shows. */
export async function listen(app: HttpApp): Promise<Listening> {
  const server = createHttpServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Of a server that listens on a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
