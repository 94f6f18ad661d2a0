import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** For tests: a real server that keeps what it received, and counts connections, so that none can be proven. */
export interface LocalServer {
  port: number
  connections: number
  requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
  answer: (request: IncomingMessage, response: ServerResponse) => void
  close(): Promise<void>
}

export async function startServer(host: string, port = 0): Promise<LocalServer> {
  const ok: LocalServer['answer'] = (_request, response) => response.end('reached')
  const http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    server.requests.push({ method, url, headers, body })
    server.answer(request, response)
  })
  http.on('connection', () => server.connections++)
  const server: LocalServer = {
    port: 0,
    connections: 0,
    requests: [],
    answer: ok,
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
  await new Promise<void>((resolve) => http.listen(port, host, resolve))
  // A TCP server that listens has an AddressInfo.
  server.port = (http.address() as AddressInfo).port
  return server
}
