import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { rateLimited } from '../../../../testing/fake-provider/behaviours.ts'
import { withFailingProvider } from './failure-harness.fixture.ts'

describe('a provider that cannot be reached or breaks off', () => {
  const { fake, create, call, failureOf, chatFailure, streamFailure } = withFailingProvider()

  it.each([
    ['a page', '<!DOCTYPE html><html></html>', 'text/html'],
    ['nothing', '', 'application/json'],
    ['half a JSON', '{"choices":[{"mess', 'application/json'],
    ['no choices', '{"choices":[]}', 'application/json'],
    ['a list', '[]', 'application/json'],
  ])('reports a success that holds %s as a bad response', async (_, body, contentType) => {
    const raw = { kind: 'raw', writes: [body], contentType } as const
    expect(await chatFailure(raw)).toMatchObject({ kind: 'bad_response' })
    expect((await streamFailure(raw)).error).toMatchObject({ kind: 'bad_response', beforeFirstByte: true })
  })

  it('reports events that are no JSON as a bad response', async () => {
    const { error } = await streamFailure({ kind: 'raw', writes: ['data: hello\n\n'] })
    expect(error).toMatchObject({ kind: 'bad_response', beforeFirstByte: true })
  })

  it('refuses an event of 10 MB without waiting for its end', async () => {
    const { error } = await streamFailure({ kind: 'long_line', bytes: 10 * 1024 * 1024 })
    expect(error).toMatchObject({ kind: 'bad_response', beforeFirstByte: true })
    await fake().settled()
    expect(fake().calls[0]?.state).toBe('aborted')
  })

  it('refuses a body beyond the size it was told', async () => {
    const error = await chatFailure({ kind: 'answer', text: 'word '.repeat(90) }, { maxBodyBytes: 400 })
    expect(error.kind).toBe('bad_response')
  })

  it('reports a connection that breaks in the middle of a stream as cut, after handing over what came', async () => {
    const { error, text } = await streamFailure({ kind: 'cut', afterPieces: 2 })
    expect(error).toMatchObject({ kind: 'stream_cut', beforeFirstByte: false })
    expect(text).toBe('one two')
  })

  it('reports a stream that ends without a finish reason as cut, however cleanly', async () => {
    const { error, text } = await streamFailure({ kind: 'cut', afterPieces: 3, clean: true })
    expect(error).toMatchObject({ kind: 'stream_cut', beforeFirstByte: false })
    expect(text).toBe('one two three')
  })

  it('takes a stream with a finish reason as complete even if the end mark is missing', async () => {
    fake().script({ kind: 'answer', text: 'one two', endMark: false })
    const chunks = await Array.fromAsync(create().streamChat(call()))
    expect(chunks.map((chunk) => chunk.textDelta).join('')).toBe('one two')
  })

  it.each([
    ['a rate limit', { message: 'slow down', code: 429 }, 'rate_limited'],
    ['an overload in words', { message: 'Overloaded', type: 'overloaded_error' }, 'unavailable'],
    [
      'a context that grew too long',
      { message: 'too long', code: 'context_length_exceeded' },
      'context_too_long',
    ],
  ])('reports %s that comes in the middle of a stream', async (_, error, kind) => {
    const failed = await streamFailure({ kind: 'stream_error', afterPieces: 2, error })
    expect(failed.error).toMatchObject({ kind, beforeFirstByte: false })
    expect(failed.text).toBe('one two')
  })

  it('gives up a provider that sends no headers', async () => {
    const error = await chatFailure({ kind: 'hang' }, { headersTimeoutMs: 60 })
    expect(error).toMatchObject({ kind: 'timeout', beforeFirstByte: true })
    await fake().settled()
    expect(fake().calls[0]?.state).toBe('aborted')
  })

  it('gives up a stream that falls silent', async () => {
    const { error, text } = await streamFailure({ kind: 'hang', afterPieces: 2 }, { bodyIdleTimeoutMs: 80 })
    expect(error).toMatchObject({ kind: 'timeout', beforeFirstByte: false })
    expect(text).toBe('one two')
  })

  it('gives up a stream that drips on beyond the total time', async () => {
    const { error } = await streamFailure(
      { kind: 'answer', text: 'word '.repeat(90), delayPerPieceMs: 30 },
      { totalTimeoutMs: 500 },
    )
    expect(error).toMatchObject({ kind: 'timeout', beforeFirstByte: false })
    await fake().settled()
    expect(fake().calls[0]?.state).toBe('aborted')
  })

  it('reports a refused connection', async () => {
    const error = await failureOf(create({ baseUrl: `http://127.0.0.1:${await freePort()}/v1` }).chat(call()))
    expect(error).toMatchObject({ kind: 'unavailable', status: null, beforeFirstByte: true })
    expect(error.message).toBe("The provider 'fake' cannot be reached (connection refused).")
  })

  it('reports a name that cannot be resolved', async () => {
    const error = await failureOf(create({ baseUrl: 'http://no-such-host.invalid/v1' }).chat(call()))
    expect(error).toMatchObject({ kind: 'unavailable', beforeFirstByte: true })
    expect(error.message).toBe("The provider 'fake' cannot be reached (its name cannot be resolved).")
  })

  it('reports a server that speaks no TLS where TLS was asked for', async () => {
    const error = await failureOf(create({ baseUrl: fake().url.replace('http:', 'https:') }).chat(call()))
    expect(error).toMatchObject({ kind: 'unavailable', beforeFirstByte: true })
    expect(error.message).toBe("The provider 'fake' cannot be reached (no secure connection could be made).")
  })

  it('reports a server that speaks no HTTP as a bad response', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const error = await failureOf(create({ baseUrl: `http://127.0.0.1:${port}` }).chat(call()))
    server.close()
    expect(error).toMatchObject({ kind: 'bad_response', beforeFirstByte: true })
  })

  it('ends the calls that still run when it is closed', async () => {
    fake().script({ kind: 'hang' })
    const provider = create()
    const failure = failureOf(provider.chat(call()))
    while (fake().calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await provider.close()
    expect(await failure).toMatchObject({ kind: 'unavailable' })
  })

  it('says what the batches before a failed one had already cost', async () => {
    fake().script({ kind: 'answer' }, rateLimited())
    const error = await failureOf(
      create({ maxEmbeddingInputs: 1 }).embed({
        deploymentModel: 'e',
        body: { model: 'e', input: ['two words', 'other'] },
        signal: new AbortController().signal,
        requestId: 'request-1',
      }),
    )
    expect(error).toMatchObject({ kind: 'rate_limited', spent: { promptTokens: 2 } })
  })

  async function freePort(): Promise<number> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return port
  }
})
