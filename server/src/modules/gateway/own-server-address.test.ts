import { expect, test } from 'vitest'
import { setStage } from './routing.fixture.ts'

const stage = setStage()

const bring = (baseUrl: string) =>
  stage.ada.call<Record<string, unknown>>('POST', '/api/v1/provider-keys', {
    provider: 'inner',
    name: 'Inner',
    baseUrl,
    models: ['llama'],
  })

test('an address without TLS is not taken', async () => {
  expect((await bring(stage.first.url)).status).toBe(422)
})

test.each([
  ['the loopback', (port: string) => `https://127.0.0.1:${port}/v1`],
  ['the loopback by name', (port: string) => `https://localhost:${port}/v1`],
  ['the metadata of a cloud', () => 'https://169.254.169.254/latest'],
])('%s is not dialed, though it could be named', async (_, urlOf) => {
  const { port } = new URL(stage.first.url)
  expect((await bring(urlOf(port))).status).toBe(201)
  const from = stage.first.calls.length
  const { response } = await stage.chat({ model: 'inner/llama' })
  expect(response.status).toBe(503)
  const body = (await response.json()) as { error: { message: string } }
  expect(body.error.message).toContain('not on the public internet')
  expect(stage.first.calls.length).toBe(from)
})
