import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../testing/fake-provider/fake-provider.ts'
import { joinOrganization, outcomeOf } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let provider: FakeProvider
let on: TestApp
let owner: Actor
beforeAll(async () => {
  provider = await startFakeProvider()
  on = await createTestApp({ OPENROUTER_API_KEY: 'sk-or-test-key', OPENROUTER_BASE_URL: provider.url })
})
beforeEach(async () => {
  owner = await signUp(on)
})
afterAll(async () => {
  await on.dispose()
  await provider.close()
})

const [mini, local, embedding] = ['openai/gpt-4o-mini', 'local/extractive', 'local/embedding'] as const
const path = () => `/api/v1/organizations/${owner.organizationId}/settings`
const set = (change: object) => owner.call('PATCH', path(), change)
const messages = [{ role: 'user', content: 'three short words' }]
const chat = (model: string, more: object = {}) =>
  outcomeOf(owner.call('POST', '/v1/chat/completions', { model, messages, max_tokens: 20, ...more }))
// OpenAI's shape of an error, under /v1, names no module.
const notAllowed = [403, 'model_not_allowed']

interface Models {
  data: { id: string; kind: string; isDefault: boolean }[]
}
const modelsNow = async () => (await owner.call<Models>('GET', '/api/v1/models')).body.data

describe('settings', () => {
  test('are empty at first, change one by one, and are taken away by null', async () => {
    expect(await owner.call('GET', path())).toEqual({
      status: 200,
      body: { defaultModel: null, allowedModels: null, responseCacheSeconds: null },
    })
    expect((await set({ defaultModel: mini })).body).toEqual({
      defaultModel: mini,
      allowedModels: null,
      responseCacheSeconds: null,
    })
    // A name stands for its model, however it is written.
    expect((await set({ allowedModels: ['gpt-4o-mini', mini, embedding] })).body).toEqual({
      defaultModel: mini,
      allowedModels: [mini, embedding],
      responseCacheSeconds: null,
    })
    expect((await set({ defaultModel: null, allowedModels: null })).body).toEqual({
      defaultModel: null,
      allowedModels: null,
      responseCacheSeconds: null,
    })
  })

  test('name models that there are, and a default that is allowed and chats', async () => {
    const unknown = [422, 'organizations.unknown_model']
    expect(await outcomeOf(set({ defaultModel: 'no/such' }))).toEqual(unknown)
    expect(await outcomeOf(set({ defaultModel: embedding }))).toEqual(unknown)
    expect(await outcomeOf(set({ allowedModels: [mini, 'no/such'] }))).toEqual(unknown)
    expect(await outcomeOf(set({ allowedModels: [] }))).toEqual([400, 'validation_failed'])
    const outside = [422, 'organizations.default_model_not_allowed']
    expect(await outcomeOf(set({ defaultModel: mini, allowedModels: [local] }))).toEqual(outside)
    await set({ allowedModels: [local] })
    expect(await outcomeOf(set({ defaultModel: mini }))).toEqual(outside)
  })

  test('are seen by everybody and changed by those who may', async () => {
    const guest = await joinOrganization(on, owner, { role: 'guest' })
    const member = await joinOrganization(on, owner, { role: 'member' })
    const admin = await joinOrganization(on, owner, { role: 'admin' })
    const statuses = []
    for (const { call } of [guest, member, admin])
      statuses.push([
        (await call('GET', path())).status,
        (await call('PATCH', path(), { defaultModel: mini })).status,
      ])
    expect(statuses).toEqual([
      [200, 403],
      [200, 403],
      [200, 200],
    ])
  })

  test('are of one organization: another’s are not touched and not seen', async () => {
    const eve = await signUp(on, 'Eve')
    await set({ allowedModels: [local] })
    expect(await outcomeOf(eve.call('GET', path()))).toEqual([404, 'organizations.not_found'])
    const asked = eve.call('POST', '/v1/chat/completions', { model: mini, messages, max_tokens: 20 })
    expect(await outcomeOf(asked)).toEqual([200])
  })
})

describe('the models that are allowed', () => {
  test('are the only ones that answer, in a chat, a stream, a message and an embedding', async () => {
    expect(await chat(mini)).toEqual([200])
    await set({ allowedModels: [local] })
    const before = provider.calls.length
    const refused = await owner.call<{ error: { code: string; message: string } }>(
      'POST',
      '/v1/chat/completions',
      { model: mini, messages },
    )
    expect(refused).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'model_not_allowed',
          message: `This organization does not allow the model '${mini}'. It allows ${local}.`,
        },
      },
    })
    expect(await chat('gpt-4o-mini')).toEqual(notAllowed)
    expect(await chat(mini, { stream: true })).toEqual(notAllowed)
    expect(
      await outcomeOf(owner.call('POST', '/api/v1/messages', { content: 'Hello?', model: mini })),
    ).toEqual([403, 'gateway.model_not_allowed'])
    expect(
      await outcomeOf(owner.call('POST', '/v1/embeddings', { model: embedding, input: 'words' })),
    ).toEqual(notAllowed)
    expect(provider.calls.length).toBe(before)
    expect(await chat(local)).toEqual([200])
  })

  test('are the only ones that are listed', async () => {
    await set({ allowedModels: [local] })
    expect(await modelsNow()).toMatchObject([{ id: local, isDefault: true }])
    const { body } = await owner.call<{ data: { id: string }[] }>('GET', '/v1/models')
    expect(body.data.map(({ id }) => id)).toEqual([local])
    expect((await owner.call('GET', `/v1/models/${encodeURIComponent(mini)}`)).status).toBe(404)
    expect((await owner.call('GET', `/v1/models/${encodeURIComponent(local)}`)).status).toBe(200)
  })

  test('do not stand in the way of searching documents', async () => {
    await set({ allowedModels: [mini] })
    expect((await owner.call('POST', '/api/v1/search', { query: 'zanzibar' })).status).toBe(200)
  })
})

describe('the default model', () => {
  const answering = async () => {
    const { status, body } = await owner.call<{ message: { receipt: { model: string } } }>(
      'POST',
      '/api/v1/messages',
      { content: 'What is a quarterly report?' },
    )
    expect(status).toBe(201)
    return body.message.receipt.model
  }

  test('answers messages that name none, and is shown as such', async () => {
    const installation = (await modelsNow()).find((one) => one.kind === 'chat' && one.isDefault)?.id
    expect(installation).not.toBe(local)
    await set({ defaultModel: local })
    expect(await answering()).toBe(local)
    expect((await modelsNow()).filter((one) => one.kind === 'chat' && one.isDefault)).toMatchObject([
      { id: local },
    ])
    await set({ defaultModel: null })
    expect(await answering()).toBe(installation)
  })

  test('of the installation gives way to one that is allowed', async () => {
    await set({ allowedModels: [local] })
    expect(await answering()).toBe(local)
  })
})

test('what is decided about settings is in the activity', async () => {
  await set({ defaultModel: mini })
  const { body } = await owner.call<{ data: unknown[] }>('GET', '/api/v1/activity')
  expect(body.data[0]).toMatchObject({
    action: 'organization.change_settings',
    actor: { kind: 'user', id: owner.userId },
    entity: { type: 'organization', id: owner.organizationId },
    changes: { defaultModel: { from: null, to: mini } },
  })
})
