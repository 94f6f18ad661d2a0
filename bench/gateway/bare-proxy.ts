import { createServer } from 'node:http'
import { Pool } from 'undici'

/**
 * The least a gateway in Node can do: it hands the request on over a pool of connections and the answer back, and knows
 * nobody, counts nothing and writes nothing down. The provider's address is its argument, its port the first line it writes.
 */
const [, , provider = ''] = process.argv
const pool = new Pool(provider, { connections: 512, pipelining: 1 })

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    pool.dispatch(
      {
        method: 'POST',
        path: request.url ?? '/',
        headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
        body: Buffer.concat(parts),
      },
      {
        onRequestStart(controller) {
          response.once('close', () => {
            if (!response.writableFinished) controller.abort(new Error('The caller has left.'))
          })
        },
        onResponseStart(_controller, status, headers) {
          response.writeHead(status, { 'content-type': String(headers['content-type']) })
        },
        onResponseData: (_controller, part) => {
          response.write(part)
        },
        onResponseEnd: () => {
          response.end()
        },
        onResponseError: () => {
          response.destroy()
        },
      },
    )
  })
})

server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
