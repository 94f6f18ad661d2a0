import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { HttpApp } from '../platform/http/app.ts'

export interface Listening {
  url: string
  port: number
  close(): Promise<void>
}

/** Puts an app on a real socket of this machine, for what only a socket shows. */
export async function listen(app: HttpApp): Promise<Listening> {
  const { server, port } = await new Promise<{ server: Server; port: number }>((resolve) => {
    // serve() gives an HTTP/1 server when no other is asked for.
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (address: AddressInfo) =>
      resolve({ server: started, port: address.port }),
    ) as Server
  })
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
