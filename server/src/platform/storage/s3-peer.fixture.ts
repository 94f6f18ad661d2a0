import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

interface S3Server {
  run(): Promise<{ port: number }>
  close(): Promise<void>
}
// The package is CommonJS without types; this is the part of it that is used.
const S3Server: new (options: object) => S3Server = createRequire(import.meta.url)('@20minutes/s3rver')

export interface ReceivedRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
  sizeBytes: number
}

/**
 * For tests: an independent S3 server, which verifies signatures, behind a proxy of ours that adds what it leaves out
 * (the payload hash is compared with the payload) and can fail on purpose.
 */
export interface S3Peer {
  readonly endpoint: string
  readonly received: ReceivedRequest[]
  /** Decides about a request before the server sees it: true means it has been answered. */
  intercept: (request: ReceivedRequest, response: ServerResponse) => boolean
  close(): Promise<void>
}

export const s3Credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

export async function startS3Peer(bucket: string): Promise<S3Peer> {
  const directory = await mkdtemp(path.join(tmpdir(), 's3-'))
  const server = new S3Server({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  })
  const { port } = await server.run()

  const proxy = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      return
    }
    const body = Buffer.concat(chunks)
    const { method = '', url = '', headers } = request
    const received = { method, url, headers, sizeBytes: body.length }
    peer.received.push(received)
    if (peer.intercept(received, response)) return
    if (headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex')) {
      response.writeHead(400).end('<Error><Code>XAmzContentSHA256Mismatch</Code></Error>')
      return
    }
    const inner = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    inner.on('error', () => response.destroy())
    inner.end(body)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))

  const peer: S3Peer = {
    // A TCP server that listens has an AddressInfo.
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    received: [],
    intercept: () => false,
    async close() {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
  return peer
}
