import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { joinOrganization } from '../../testing/join-organization.ts'
import { signUp } from '../../testing/test-app.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

let client: OpenAI
const on = setGatewayOnSockets(({ ada, url }) => {
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: ada.token, maxRetries: 0 })
})
const model = 'openai/gpt-4o-mini'
const lastBody = () => on.provider.calls.at(-1)?.body ?? {}

const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: true,
} as const

const twoCalls = {
  kind: 'tool_call',
  text: 'I look at both.',
  name: 'get_weather',
  arguments: { city: 'Köln', days: [1, 2] },
  also: [{ name: 'get_weather', arguments: { city: 'Ålesund' } }],
} as const

async function recordOf(id: string) {
  const { body } = await on.ada.call('GET', `/api/v1/usage/${id.slice('resp_'.length)}`)
  return body
}

/** The status of a refusal; whatever else was thrown is thrown on. */
function refusedAs(error: unknown): number {
  if (error instanceof OpenAI.APIError && typeof error.status === 'number') return error.status
  throw error
}

async function refusal(answer: Promise<unknown>) {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof OpenAI.APIError)) throw new Error('It was not refused.', { cause: error })
  return { status: error.status, code: error.code, param: error.param, message: error.message }
}

describe('a response', () => {
  test('is answered in OpenAI’s shape, and recorded and priced as a chat is', async () => {
    on.provider.script({
      kind: 'answer',
      text: 'Good day.',
      tokens: { prompt: 1_234, cached: 1_000, completion: 77, reasoning: 7 },
    })
    const response = await client.responses.create({
      model,
      input: 'Hello',
      instructions: 'Be brief.',
      max_output_tokens: 100,
      temperature: 0.5,
      metadata: { freehold_tag: 'nightly', ticket: '7' },
    })
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model,
      output_text: 'Good day.',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Good day.' }] }],
      usage: {
        input_tokens: 1_234,
        input_tokens_details: { cached_tokens: 1_000 },
        output_tokens: 77,
        output_tokens_details: { reasoning_tokens: 7 },
        total_tokens: 1_311,
      },
      metadata: { ticket: '7' },
    })
    expect(lastBody()).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      max_tokens: 100,
      temperature: 0.5,
    })
    expect(await recordOf(response.id)).toMatchObject({
      status: 'ok',
      tag: 'nightly',
      promptTokens: 1_234,
      // 234 × 0.15 + 1,000 × 0.075 + 77 × 0.60 dollars a million.
      costNanos: '156300',
    })
  })

  test('streams the same as it answers whole, in numbered events', async () => {
    on.provider.script(twoCalls, twoCalls)
    const request = { model, input: 'The weather?', tools: [weather], store: false }
    const whole = await client.responses.create(request)
    const events = await Array.fromAsync(await client.responses.create({ ...request, stream: true }))
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error(`It ended with ${last?.type}.`)
    const plain = (response: OpenAI.Responses.Response) => response.output.map(({ id: _, ...item }) => item)
    expect(plain(last.response)).toEqual(plain(whole))
    expect(whole.output.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call'])
    expect(whole.output[2]).toMatchObject({
      name: 'get_weather',
      call_id: 'call_fake_2',
      arguments: '{"city":"Ålesund"}',
    })
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
    const written = events.flatMap((event) =>
      event.type === 'response.function_call_arguments.delta' && event.output_index === 1 ? event.delta : [],
    )
    expect(written.length).toBeGreaterThan(1)
    expect(JSON.parse(written.join(''))).toEqual({ city: 'Köln', days: [1, 2] })
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress'])
  })

  test('goes through every event that a client builds an answer from', async () => {
    on.provider.script({ kind: 'answer', text: 'Zwölf Bären' })
    const stream = client.responses.stream({ model, input: 'Hello', store: false })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect((await stream.finalResponse()).output_text).toBe('Zwölf Bären')
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  test('that its cap cut is incomplete and says why', async () => {
    on.provider.script(
      { kind: 'answer', text: 'one two three four' },
      { kind: 'answer', text: 'one two three' },
    )
    const request = { model, input: 'Hello', max_output_tokens: 2, store: false } as const
    const whole = await client.responses.create(request)
    expect(whole).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'one two',
    })
    const events = await Array.fromAsync(await client.responses.create({ ...request, stream: true }))
    expect(events.at(-1)?.type).toBe('response.incomplete')
  })

  test('that breaks off in a stream ends as failed, and is billed for what came', async () => {
    on.provider.script({ kind: 'cut', afterPieces: 2, text: 'one two three' })
    const events = await Array.fromAsync(
      await client.responses.create({ model, input: 'Hello', stream: true }),
    )
    const last = events.at(-1)
    if (last?.type !== 'response.failed') throw new Error(`It ended with ${last?.type}.`)
    expect(last.response.error).toMatchObject({ code: 'provider_stream_cut' })
    expect(last.sequence_number).toBe(events.length - 1)
    expect(await recordOf(last.response.id)).toMatchObject({ status: 'error', completionTokens: 2 })
  })
})

describe('a conversation', () => {
  test('goes on from an earlier response, with its calls and their outputs', async () => {
    on.provider.script(twoCalls, { kind: 'answer', text: 'Rain in both.' })
    const first = await client.responses.create({ model, input: 'The weather?', tools: [weather] })
    const calls = first.output.filter((item) => item.type === 'function_call')
    const second = await client.responses.create({
      model,
      previous_response_id: first.id,
      tools: [weather],
      input: calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'rain' })),
    })
    expect(second).toMatchObject({ output_text: 'Rain in both.', previous_response_id: first.id })
    expect(lastBody().messages).toMatchObject([
      { role: 'user', content: 'The weather?' },
      {
        role: 'assistant',
        content: 'I look at both.',
        tool_calls: [
          { id: 'call_fake_1', function: { arguments: '{"city":"Köln","days":[1,2]}' } },
          { id: 'call_fake_2' },
        ],
      },
      { role: 'tool', tool_call_id: 'call_fake_1', content: 'rain' },
      { role: 'tool', tool_call_id: 'call_fake_2', content: 'rain' },
    ])
  })

  test('goes on at another provider, and from a stream', async () => {
    on.provider.script({ kind: 'answer', text: 'I am Fake.' })
    const stream = client.responses.stream({ model, input: 'Who are you?' })
    const first = await stream.finalResponse()
    const second = await client.responses.create({
      model: 'local/extractive',
      previous_response_id: first.id,
      input: 'And now?',
    })
    on.provider.script({ kind: 'answer', text: 'Fake again.' })
    await client.responses.create({ model, previous_response_id: second.id, input: 'And then?' })
    expect(lastBody().messages).toMatchObject([
      { role: 'user', content: 'Who are you?' },
      { role: 'assistant', content: 'I am Fake.' },
      { role: 'user', content: 'And now?' },
      { role: 'assistant', content: second.output_text },
      { role: 'user', content: 'And then?' },
    ])
  })

  test('is found, listed and deleted by whoever holds it, and by nobody else', async () => {
    on.provider.script({ kind: 'answer', text: 'Yes.' })
    const first = await client.responses.create({ model, input: 'Is it stored?' })
    const { output_text: _, ...stored } = first
    expect(await client.responses.retrieve(first.id)).toMatchObject(stored)
    const items = await client.responses.inputItems.list(first.id)
    expect(items.data).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Is it stored?' }] },
    ])
    const bob = await signUp(on.on, 'Bob')
    const stranger = new OpenAI({ baseURL: `${on.url}/v1`, apiKey: bob.token, maxRetries: 0 })
    expect(await refusal(stranger.responses.retrieve(first.id))).toMatchObject({ status: 404 })
    expect(
      await refusal(stranger.responses.create({ model, previous_response_id: first.id, input: 'Hm?' })),
    ).toMatchObject({ status: 404, param: 'previous_response_id' })
    await client.responses.delete(first.id)
    expect(await refusal(client.responses.retrieve(first.id))).toMatchObject({
      status: 404,
      code: 'response_not_found',
    })
  })

  test('whose turn in the middle was deleted says which, and sends nothing', async () => {
    const ask = (input: string, previous?: string) =>
      client.responses.create({ model, input, ...(previous ? { previous_response_id: previous } : {}) })
    const first = await ask('one')
    const second = await ask('two', first.id)
    await client.responses.delete(first.id)
    const before = on.provider.calls.length
    expect(await refusal(ask('three', second.id))).toMatchObject({
      status: 404,
      message: expect.stringContaining(`'${first.id}', which was deleted or has expired`),
    })
    expect(on.provider.calls).toHaveLength(before)
  })

  test('is seen by whoever made it, and by no colleague, no service account and no other key', async () => {
    const clientOf = (apiKey: string) => new OpenAI({ baseURL: `${on.url}/v1`, apiKey, maxRetries: 0 })
    const scopes = ['use:models']
    const colleague = await joinOrganization(on.on, on.ada, { role: 'admin' })
    const keyOf = async (more: object) =>
      (await on.ada.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'k', scopes, ...more })).body
        .key
    const account = await on.ada.call<{ id: string }>('POST', '/api/v1/service-accounts', { name: 'bot' })
    const serviceAccountId = account.body.id
    const callers = {
      ada: on.ada.token,
      colleague: colleague.token,
      key: await keyOf({}),
      otherKey: await keyOf({}),
      bot: await keyOf({ serviceAccountId }),
      botAgain: await keyOf({ serviceAccountId }),
    }
    const seenBy: Record<string, string[]> = {}
    for (const [maker, token] of Object.entries(callers)) {
      const { id } = await clientOf(token).responses.create({ model, input: 'Mine.' })
      const seeing = Object.entries(callers).map(async ([name, apiKey]) => {
        const outcome = await clientOf(apiKey).responses.retrieve(id).catch(refusedAs)
        return outcome === 404 ? [] : [name]
      })
      seenBy[maker] = (await Promise.all(seeing)).flat()
    }
    expect(seenBy).toEqual({
      ada: ['ada'],
      colleague: ['colleague'],
      key: ['key'],
      otherKey: ['otherKey'],
      bot: ['bot', 'botAgain'],
      botAgain: ['bot', 'botAgain'],
    })
  })

  test('lasts thirty days after the last turn that goes on from it, and is then deleted', async () => {
    const dayMs = 86_400_000
    const { clock, database } = on.on.platform
    const rows = async () => {
      const [row] = await database.query(
        'select count(*)::int as count from freehold.stored_responses where organization_id = $1',
        [on.ada.organizationId],
      )
      return row?.count
    }
    const job = on.on.modules
      .flatMap((module) => module.jobs ?? [])
      .find(({ name }) => name === 'gateway.delete-expired-responses')
    const clean = () => job?.handle({}, { jobId: 'job', signal: new AbortController().signal })
    // The words of the person live longer than any session of theirs here.
    const { body } = await on.ada.call<{ key: string }>('POST', '/api/v1/api-keys', {
      name: 'lasting',
      scopes: ['use:models'],
    })
    const lasting = new OpenAI({ baseURL: `${on.url}/v1`, apiKey: body.key, maxRetries: 0 })
    const first = await lasting.responses.create({ model, input: 'one' })
    clock.advance(29 * dayMs)
    const second = await lasting.responses.create({ model, input: 'two', previous_response_id: first.id })
    clock.advance(29 * dayMs)
    await clean()
    expect(await rows()).toBe(2)
    expect(await lasting.responses.retrieve(first.id)).toMatchObject({ id: first.id })
    clock.advance(2 * dayMs)
    expect(await refusal(lasting.responses.retrieve(second.id))).toMatchObject({ status: 404 })
    await clean()
    expect(await rows()).toBe(0)
  })

  test('that is not to be stored is not', async () => {
    const response = await client.responses.create({ model, input: 'Hello', store: false })
    expect(await refusal(client.responses.retrieve(response.id))).toMatchObject({ status: 404 })
  })

  test('is sealed in the database', async () => {
    const response = await client.responses.create({ model, input: 'xylophone' })
    const rows = await on.on.platform.database.query(
      `select input_sealed, answer_sealed from freehold.stored_responses where id = $1`,
      [response.id.slice('resp_'.length)],
    )
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('xylophone')
  })

  test('leaves out its oldest turns where they may go and do not fit', async () => {
    const long = 'word '.repeat(40_000)
    on.provider.script({ kind: 'answer', text: 'A.' }, { kind: 'answer', text: 'B.' })
    const first = await client.responses.create({ model, input: `FIRST ${long}` })
    const second = await client.responses.create({
      model,
      input: `SECOND ${long}`,
      previous_response_id: first.id,
    })
    on.provider.script({ kind: 'answer', text: 'I cut.' })
    await client.responses.create({
      model,
      previous_response_id: second.id,
      input: [
        { role: 'user', content: long },
        { role: 'user', content: 'LAST' },
      ],
      truncation: 'auto',
      store: false,
    })
    const { messages } = lastBody()
    if (!Array.isArray(messages)) throw new Error('No messages were sent.')
    const beginnings = messages.map(({ content }) => String(content).slice(0, 6))
    expect(beginnings).toEqual(['SECOND', 'B.', 'word w', 'LAST'])
  })
})

describe('what cannot be done', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a tool that OpenAI runs', { tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    ['an answer in the background', { background: true }, 'background'],
    ['a conversation of OpenAI’s', { conversation: 'conv_1' }, 'conversation'],
    [
      'a file of OpenAI’s',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] },
      'input[0].content[0].file_data',
    ],
    ['an item that no model can be told', { input: [{ type: 'computer_call' }] }, 'input[0].type'],
    ['log probabilities', { top_logprobs: 3 }, 'top_logprobs'],
    ['a field that is not known', { hallucinate: true }, 'hallucinate'],
  ])('%s is refused by name, and nothing is sent', async (_, fields, param) => {
    const before = on.provider.calls.length
    const { status, body } = await on.ada.call<{ error: { param: string; message: string } }>(
      'POST',
      '/v1/responses',
      { model, input: 'Hello', ...fields },
    )
    expect({ status, param: body.error.param }).toEqual({ status: 400, param })
    expect(body.error.message.length).toBeGreaterThan(30)
    expect(on.provider.calls).toHaveLength(before)
  })

  test('a response cannot be cancelled once it is there', async () => {
    const response = await client.responses.create({ model, input: 'Hello' })
    expect(await refusal(client.responses.cancel(response.id))).toMatchObject({
      status: 400,
      code: 'response_not_cancellable',
    })
  })
})
