import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Listening, listen } from '../../testing/listen.ts'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'

// On real sockets: a server that answers before it has read the body may reset the connection, and with it the answer.
let on: TestApp
let listening: Listening

beforeAll(async () => {
  on = await createTestApp()
  listening = await listen(on.app)
})

afterAll(async () => {
  await listening.close()
  await on.dispose()
})

const tooLarge = 50 * 1024 * 1024
const path = '/api/v1/auth/signin'

describe('a body of fifty megabytes is answered with 413 and not with a reset', () => {
  test('when fetch sends it whole', async () => {
    const response = await fetch(listening.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.alloc(tooLarge, 'x'),
    })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      error: { code: 'body_too_large', details: { limitBytes: 1_048_576 } },
    })
  })

  test('when fetch streams it without saying how long it is', async () => {
    const piece = new Uint8Array(256 * 1024).fill(120)
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent >= tooLarge) return controller.close()
        sent += piece.length
        controller.enqueue(piece)
      },
    })
    const response = await fetch(listening.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit) // the DOM's type does not know duplex
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: { code: 'body_too_large' } })
  })

  test.each(['content-length: 52428800', 'transfer-encoding: chunked'])(
    'when a client that writes first and reads last sends it with %s',
    async (framing) => {
      const chunked = framing.startsWith('transfer')
      const piece = Buffer.alloc(1024 * 1024, 'x')
      const answer = await new Promise<string>((resolve, reject) => {
        let received = ''
        const socket = connect(listening.port, '127.0.0.1')
        socket.on('data', (bytes) => {
          received += bytes.toString()
        })
        socket.on('end', () => socket.end())
        socket.on('close', () => resolve(received))
        socket.on('error', (error) =>
          reject(new Error(`The connection was reset after ${received.length} bytes.`, { cause: error })),
        )
        // Nothing is read until everything is written.
        socket.pause()
        const write = async () => {
          socket.write(
            `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n${framing}\r\n\r\n`,
          )
          for (let sent = 0; sent < tooLarge; sent += piece.length) {
            if (chunked) socket.write(`${piece.length.toString(16)}\r\n`)
            const more = socket.write(piece)
            if (chunked) socket.write('\r\n')
            if (!more) await new Promise<void>((drained) => socket.once('drain', () => drained()))
          }
          if (chunked) socket.write('0\r\n\r\n')
          socket.resume()
        }
        write().catch(reject)
      })
      expect(answer.slice(0, 40)).toContain('HTTP/1.1 413')
      expect(answer).toContain('body_too_large')
    },
  )
})

test('a body is read to its end though nobody is let in, so that the client learns why', async () => {
  const response = await fetch(`${listening.url}/api/v1/api-keys`, {
    method: 'POST',
    body: Buffer.alloc(tooLarge, 'x'),
  })
  expect(response.status).toBe(401)
})

test('the connection serves other requests after a body that was too large', async () => {
  await fetch(listening.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.alloc(2_000_000, 'x'),
  })
  expect((await fetch(`${listening.url}/health/live`)).status).toBe(200)
})
