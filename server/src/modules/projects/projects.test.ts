import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actionsOf, joinOrganization } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

interface Project {
  id: string
  name: string
  slug: string
  archivedAt: string | null
}
interface Key {
  id: string
  key: string
  project: { id: string; name: string } | null
}

let on: TestApp
let ada: Actor
beforeAll(async () => {
  on = await createTestApp()
  ada = await signUp(on)
})
afterAll(() => on.dispose())

async function make(name: string, slug?: string): Promise<Project> {
  const made = await ada.call<Project>('POST', '/api/v1/projects', { name, ...(slug ? { slug } : {}) })
  if (made.status !== 201) throw new Error(`No project was made: ${JSON.stringify(made.body)}`)
  return made.body
}

async function keyOf(projectId?: string): Promise<Key> {
  const body = { name: 'a key', ...(projectId ? { projectId } : {}) }
  return (await ada.call<Key>('POST', '/api/v1/api-keys', body)).body
}

const chat = { model: 'local/extractive', messages: [{ role: 'user', content: 'Hello?' }] }

async function call(token: string, project?: string) {
  const headers: Record<string, string> = project === undefined ? {} : { 'openai-project': project }
  const answer = await on.request('POST', '/v1/chat/completions', { token, body: chat, headers })
  return {
    status: answer.status,
    requestId: answer.headers.get('x-request-id') ?? '',
    // OpenAI's shape of an error.
    body: (await answer.json()) as { error?: { code: string; message: string } },
  }
}

async function projectOfCall(requestId: string) {
  const told = await ada.call<{ project: { id: string; name: string } | null; projectId: string | null }>(
    'GET',
    `/api/v1/usage/${requestId}`,
  )
  return told.body.project
}

describe('projects', () => {
  test('have a slug made of their name, are renamed, archived and restored, each with its audit entry', async () => {
    const made = await make('Billing Bot (EU)')
    expect(made).toMatchObject({ slug: 'billing-bot-eu', archivedAt: null })
    const path = `/api/v1/projects/${made.id}`
    expect((await ada.call<Project>('PATCH', path, { name: 'Invoices' })).body.name).toBe('Invoices')
    expect((await ada.call<Project>('POST', `${path}/archive`)).body.archivedAt).not.toBeNull()
    const list = async (archived: boolean) =>
      (await ada.call<{ data: Project[] }>('GET', `/api/v1/projects?archived=${archived}`)).body.data.map(
        ({ id }) => id,
      )
    expect(await list(true)).toContain(made.id)
    expect(await list(false)).not.toContain(made.id)
    expect((await ada.call<Project>('POST', `${path}/restore`)).body.archivedAt).toBeNull()
    expect((await actionsOf(ada)).slice(0, 4)).toEqual([
      'project.change',
      'project.change',
      'project.change',
      'project.create',
    ])
  })

  test('a slug is taken once', async () => {
    await make('One', 'taken')
    expect(await ada.call('POST', '/api/v1/projects', { name: 'Two', slug: 'taken' })).toMatchObject({
      status: 409,
      body: { error: { code: 'projects.slug_taken' } },
    })
    const other = await make('Three')
    expect((await ada.call('PATCH', `/api/v1/projects/${other.id}`, { slug: 'taken' })).status).toBe(409)
  })

  test('members see them and change none', async () => {
    const grace = await joinOrganization(on, ada, { role: 'member' })
    const { id } = await make('Seen')
    expect((await grace.call('GET', `/api/v1/projects/${id}`)).status).toBe(200)
    expect((await grace.call('POST', '/api/v1/projects', { name: 'Mine' })).status).toBe(403)
    expect((await grace.call('PATCH', `/api/v1/projects/${id}`, { name: 'Mine' })).status).toBe(403)
    expect((await grace.call('POST', `/api/v1/projects/${id}/archive`)).status).toBe(403)
  })
})

describe('a call', () => {
  test('is for the project of its key, and from the moment the key is moved for the other one', async () => {
    const [one, other] = [await make('Of the key'), await make('Of the key later')]
    const key = await keyOf(one.id)
    expect(key.project).toEqual({ id: one.id, name: 'Of the key' })
    const before = await call(key.key)
    expect(before.status).toBe(200)
    expect(await projectOfCall(before.requestId)).toEqual({ id: one.id, name: 'Of the key' })
    const moved = await ada.call<Key>('PATCH', `/api/v1/api-keys/${key.id}`, { projectId: other.id })
    expect(moved.body.project?.id).toBe(other.id)
    expect((await projectOfCall((await call(key.key)).requestId))?.id).toBe(other.id)
    expect((await projectOfCall(before.requestId))?.id).toBe(one.id)
    await ada.call('PATCH', `/api/v1/api-keys/${key.id}`, { projectId: null })
    expect(await projectOfCall((await call(key.key)).requestId)).toBeNull()
  })

  test('is for the project that OpenAI’s own client names, by slug or by id', async () => {
    const { id, slug } = await make('Named by the client')
    const { key } = await keyOf()
    for (const project of [slug, id, slug.toUpperCase()]) {
      const client = new OpenAI({
        apiKey: key,
        project,
        baseURL: 'http://localhost/v1',
        fetch: (input, init) => Promise.resolve(on.app.request(input, init)),
      })
      const answer = await client.chat.completions
        // The roles of the literal are known.
        .create({ ...chat, messages: [{ role: 'user', content: 'Hello?' }] })
        .withResponse()
      expect((await projectOfCall(answer.response.headers.get('x-request-id') ?? ''))?.id).toBe(id)
    }
  })

  test('with the key of a project names no other one', async () => {
    const [own, other] = [await make('Own'), await make('Other')]
    const { key } = await keyOf(own.id)
    expect((await call(key, own.slug)).status).toBe(200)
    const refused = await call(key, other.slug)
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { code: 'key_of_other_project' } },
    })
  })

  test('for an unknown project is refused with the nearest names, and another organization’s is unknown', async () => {
    await make('Warehouse')
    const { key } = await keyOf()
    const refused = await call(key, 'warehose')
    expect(refused).toMatchObject({ status: 404, body: { error: { code: 'project_not_found' } } })
    expect(refused.body.error?.message).toContain("Did you mean 'warehouse'?")
    const stranger = await signUp(on)
    const theirs = await stranger.call<Project>('POST', '/api/v1/projects', { name: 'Theirs' })
    expect((await call(key, theirs.body.id)).status).toBe(404)
  })

  test('for an archived project is refused, and so is a key of it until the project is restored', async () => {
    const { id, slug } = await make('Finished')
    const [bound, free] = [await keyOf(id), await keyOf()]
    expect((await call(bound.key)).status).toBe(200)
    expect((await call(free.key, slug)).status).toBe(200)
    await ada.call('POST', `/api/v1/projects/${id}/archive`)
    expect(await call(bound.key)).toMatchObject({
      status: 403,
      body: { error: { code: 'project_archived' } },
    })
    expect(await call(free.key, slug)).toMatchObject({
      status: 409,
      body: { error: { code: 'project_archived' } },
    })
    expect(
      (await ada.call('POST', '/api/v1/api-keys', { name: 'too late', projectId: id })).body,
    ).toMatchObject({ error: { code: 'api_keys.project_not_found' } })
    await ada.call('POST', `/api/v1/projects/${id}/restore`)
    expect((await call(bound.key)).status).toBe(200)
  })

  test('with a key that a project’s key made is for that project too', async () => {
    const [own, other] = [await make('Maker'), await make('Not the maker')]
    const maker = await keyOf(own.id)
    const asMaker = async (body: Record<string, unknown>) =>
      on.request('POST', '/api/v1/api-keys', { token: maker.key, body: { name: 'made', ...body } })
    // The contract of making a key.
    const made = (await (await asMaker({})).json()) as Key
    expect(made.project?.id).toBe(own.id)
    expect((await asMaker({ projectId: other.id })).status).toBe(403)
    const self = await on.request('PATCH', `/api/v1/api-keys/${maker.id}`, {
      token: maker.key,
      body: { projectId: null },
    })
    expect(self.status).toBe(403)
  })
})

test('usage is summed by project, with its name, in JSON and CSV, and filtered by it', async () => {
  const one = await make('Summed')
  const { key } = await keyOf()
  for (const project of [one.slug, one.slug, undefined]) await call(key, project)
  interface Summary {
    data: { group: { value: string | null; name: string | null }[]; calls: number }[]
  }
  const { body } = await ada.call<Summary>('GET', '/api/v1/usage/summary?groupBy=project')
  const found = body.data.find(({ group: [first] }) => first?.value === one.id)
  expect(found).toMatchObject({ calls: 2, group: [{ name: 'Summed' }] })
  expect(body.data.some(({ group: [first] }) => first?.value === null)).toBe(true)
  const csv = await on.request('GET', '/api/v1/usage/summary?groupBy=project&format=csv', {
    token: ada.token,
  })
  expect(await csv.text()).toContain(`${one.id},Summed,2,`)
  const listed = await ada.call<{ data: { projectId: string }[] }>(
    'GET',
    `/api/v1/usage/records?projectId=${one.id}`,
  )
  expect(listed.body.data.map(({ projectId }) => projectId)).toEqual([one.id, one.id])
})
