import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actionsOf, joinOrganization, outcomeOf } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { makePrompt, type ShownPrompt, versionOf } from './prompts.fixture.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

const prompts = '/api/v1/prompts'

interface List {
  data: ShownPrompt[]
  nextCursor: string | null
}

async function namesOf(ada: Actor, query = ''): Promise<string[]> {
  const { body } = await ada.call<List>('GET', `${prompts}${query}`)
  return body.data.map(({ name }) => name)
}

test('a prompt is made with its first version, found, and shown with who made it', async () => {
  const ada = await signUp(on)
  const version = {
    messages: [
      { role: 'system', content: 'You sort letters of {{company}}.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'greeting' },
    ],
    variables: [{ name: 'company', default: 'Acme' }],
    model: 'local/extractive',
    parameters: { temperature: 0.2, response_format: { type: 'json_object' } },
    note: 'The first.',
  }
  const made = await ada.call<ShownPrompt>('POST', prompts, {
    name: 'triage',
    folder: 'support/mail',
    description: 'Sorts what comes in.',
    version,
    labels: ['production'],
  })
  const author = { id: ada.userId, name: 'Ada' }
  expect(made).toMatchObject({
    status: 201,
    body: {
      name: 'triage',
      folder: 'support/mail',
      latestVersion: 1,
      labels: [{ label: 'production', version: 1, canary: null }],
      createdBy: author,
      archivedAt: null,
    },
  })
  const path = `${prompts}/${made.body.id}`
  expect((await ada.call('GET', path)).body).toEqual(made.body)
  expect((await ada.call('GET', `${path}/versions/1`)).body).toEqual({
    ...version,
    number: 1,
    variables: [{ name: 'company', default: 'Acme', description: '' }],
    createdBy: author,
    createdAt: expect.any(String),
  })
  expect((await ada.call('GET', `${path}/versions`)).body).toMatchObject({
    data: [{ number: 1, note: 'The first.', model: 'local/extractive', createdBy: author }],
  })
  expect(await actionsOf(ada)).toEqual(['prompt.set_label', 'prompt.create', 'organization.create'])
})

test('versions are numbered one after the other and never change', async () => {
  const ada = await signUp(on)
  const { id, path } = await makePrompt(ada, 'triage', ['one', 'two', 'three'])
  expect((await ada.call('GET', `${path}/versions?limit=2`)).body).toMatchObject({
    data: [{ number: 3 }, { number: 2 }],
    nextCursor: expect.any(String),
  })
  for (const method of ['PUT', 'PATCH', 'DELETE'])
    expect((await ada.call(method, `${path}/versions/1`, versionOf('other'))).status).toBe(405)
  const byTenants = `select privilege_type from information_schema.role_table_grants
    where table_schema = 'freehold' and table_name = 'prompt_versions' and grantee in ('freehold_tenant', 'freehold_app')
      and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')`
  expect(await on.platform.database.query(byTenants)).toEqual([])
  expect((await ada.call('GET', `${path}/versions/1`)).body).toMatchObject({ messages: [{ content: 'one' }] })
  expect(id).toEqual(expect.any(String))
})

test('each page of the list goes on where the one before ended, by name and without regard to case', async () => {
  const ada = await signUp(on)
  for (const name of ['beta', 'Alpha', 'gamma', 'Delta']) await makePrompt(ada, name, ['x'])
  const seen: string[] = []
  let query = '?limit=3'
  for (let page = 0; page < 2; page++) {
    const { body } = await ada.call<List>('GET', `${prompts}${query}`)
    seen.push(...body.data.map(({ name }) => name))
    query = `?limit=3&cursor=${body.nextCursor}`
  }
  expect(seen).toEqual(['Alpha', 'beta', 'Delta', 'gamma'])
  expect(await namesOf(ada, '?q=LT')).toEqual(['Delta'])
  expect(await namesOf(ada, '?q=%25')).toEqual([])
})

test('a folder is listed with what is below it, and moved without breaking a name', async () => {
  const ada = await signUp(on)
  await makePrompt(ada, 'one', ['x'], { folder: 'support' })
  await makePrompt(ada, 'two', ['x'], { folder: 'support/mail' })
  await makePrompt(ada, 'three', ['x'], { folder: 'supporters' })
  expect(await namesOf(ada, '?folder=support')).toEqual(['one', 'two'])
  expect(
    (await ada.call('POST', `${prompts}/folders/move`, { from: 'support', to: 'help/desk' })).status,
  ).toBe(204)
  expect((await ada.call('GET', `${prompts}/folders`)).body).toEqual({
    data: [
      { path: 'help/desk', prompts: 1 },
      { path: 'help/desk/mail', prompts: 1 },
      { path: 'supporters', prompts: 1 },
    ],
  })
  await ada.call('POST', `${prompts}/folders/move`, { from: 'help/desk', to: '' })
  expect((await ada.call<List>('GET', prompts)).body.data.map(({ name, folder }) => [name, folder])).toEqual([
    ['one', ''],
    ['three', 'supporters'],
    ['two', 'mail'],
  ])
  const inItself = ada.call('POST', `${prompts}/folders/move`, { from: 'supporters', to: 'supporters/x' })
  expect(await outcomeOf(inItself)).toEqual([400, 'validation_failed'])
})

describe('a name', () => {
  test('is taken once in an organization, however it is written, and free in another', async () => {
    const [ada, eve] = [await signUp(on), await signUp(on)]
    await makePrompt(ada, 'triage', ['of Ada'])
    const again = ada.call('POST', prompts, { name: 'Triage', folder: 'elsewhere', version: versionOf('x') })
    expect(await outcomeOf(again)).toEqual([409, 'prompts.name_taken'])
    const other = await makePrompt(ada, 'other', ['x'])
    expect(await outcomeOf(ada.call('PATCH', other.path, { name: 'TRIAGE' }))).toEqual([
      409,
      'prompts.name_taken',
    ])
    await makePrompt(eve, 'triage', ['of Eve'])
    expect(await namesOf(eve)).toEqual(['triage'])
  })

  test.each(['', 'a/b', 'two words', '.hidden', 'ä', 'x'.repeat(101), 'a\nb'])(
    '%j is refused',
    async (name) => {
      const ada = await signUp(on)
      expect(await ada.call('POST', prompts, { name, version: versionOf('x') })).toMatchObject({
        status: 400,
        body: { error: { details: { problems: [{ in: 'body', field: 'name' }] } } },
      })
    },
  )
})

test('a version with a mistake is refused, and the place is named', async () => {
  const ada = await signUp(on)
  const refused = await ada.call('POST', prompts, {
    name: 'wrong',
    version: {
      messages: [
        { role: 'system', content: 'fine' },
        { role: 'user', content: 'Dear {{first name}}' },
      ],
    },
  })
  expect(refused).toMatchObject({
    status: 400,
    body: { error: { details: { problems: [{ in: 'body', field: 'version.messages.1.content' }] } } },
  })
  expect(await namesOf(ada)).toEqual([])
})

test.each([
  ['stream', true],
  ['models', ['a']],
  ['messages', []],
  ['temperature', 3],
])('a version cannot say %s: %j', async (field, value) => {
  const ada = await signUp(on)
  const version = { ...versionOf('x'), parameters: { [field]: value } }
  expect(await outcomeOf(ada.call('POST', prompts, { name: 'x', version }))).toEqual([
    400,
    'validation_failed',
  ])
})

describe('a dry run', () => {
  test('shows what would be sent, and charges nothing', async () => {
    const ada = await signUp(on)
    const { path } = await makePrompt(ada, 'triage', ['Sort {{letter}} for {{ company }}.'])
    const variables = { letter: '{{company}}', company: 'B', unused: 1 }
    expect(await ada.call('POST', `${path}/render`, { label: 'latest', variables })).toEqual({
      status: 200,
      body: {
        name: 'triage',
        version: 1,
        isCanary: false,
        model: null,
        parameters: {},
        messages: [{ role: 'system', content: 'Sort {{company}} for B.' }],
        estimatedTokens: 10,
      },
    })
    expect((await ada.call('GET', '/api/v1/usage/records')).body).toMatchObject({ data: [] })
  })

  test('names every variable that is missing', async () => {
    const ada = await signUp(on)
    const { path } = await makePrompt(ada, 'triage', ['{{a}} {{b}}'])
    expect(await ada.call('POST', `${path}/render`, { version: 1, variables: { b: 'x' } })).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'prompts.variables_missing',
          message: 'The prompt triage@1 needs a value for a.',
          details: { variables: ['a'] },
        },
      },
    })
  })
})

test('an archived prompt is out of the list and takes no change, until it is restored', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['x'])
  expect((await ada.call('PATCH', path, { archived: true })).body).toMatchObject({
    archivedAt: expect.any(String),
  })
  expect(await namesOf(ada)).toEqual([])
  expect(await namesOf(ada, '?archived=true')).toEqual(['triage'])
  expect(await outcomeOf(ada.call('POST', `${path}/versions`, versionOf('y')))).toEqual([
    409,
    'prompts.archived',
  ])
  expect(await outcomeOf(ada.call('PUT', `${path}/labels/production`, { version: 1 }))).toEqual([
    409,
    'prompts.archived',
  ])
  await ada.call('PATCH', path, { archived: false })
  expect((await ada.call('POST', `${path}/versions`, versionOf('y'))).status).toBe(201)
})

test('a duplicate begins with one version and goes its own way', async () => {
  const ada = await signUp(on)
  const { path } = await makePrompt(ada, 'triage', ['one', 'two'], {
    folder: 'support',
    labels: ['production'],
  })
  const copied = await ada.call<ShownPrompt>('POST', `${path}/duplicate`, { name: 'copy', version: 1 })
  expect(copied).toMatchObject({
    status: 201,
    body: { name: 'copy', folder: 'support', latestVersion: 1, labels: [] },
  })
  expect((await ada.call('GET', `${prompts}/${copied.body.id}/versions/1`)).body).toMatchObject({
    messages: [{ content: 'one' }],
    note: 'From version 1 of triage.',
  })
  expect(await outcomeOf(ada.call('POST', `${path}/duplicate`, { name: 'more', version: 9 }))).toEqual([
    404,
    'prompts.version_not_found',
  ])
})

test('a deleted prompt is gone with its versions and history, and its name is free', async () => {
  const ada = await signUp(on)
  const { id, path } = await makePrompt(ada, 'triage', ['one', 'two'], { labels: ['production'] })
  expect((await ada.call('DELETE', path)).status).toBe(204)
  expect(await outcomeOf(ada.call('GET', path))).toEqual([404, 'prompts.not_found'])
  for (const table of ['prompt_versions', 'prompt_labels', 'prompt_label_moves']) {
    const left = `select 1 from freehold.${table} where prompt_id = $1`
    expect(await on.platform.database.query(left, [id])).toEqual([])
  }
  await makePrompt(ada, 'triage', ['new'])
})

describe('what leaves as a file', () => {
  test('comes in elsewhere with its versions and labels', async () => {
    const [ada, eve] = [await signUp(on), await signUp(on)]
    const { path } = await makePrompt(ada, 'triage', ['Sort {{letter}}.', 'Sort.'], { folder: 'support' })
    await makePrompt(ada, 'other', ['x'])
    await ada.call('PUT', `${path}/labels/production`, { version: 2 })
    const file = await ada.call('GET', `${prompts}/export?folder=support`)
    expect(file.body).toMatchObject({
      format: 'freehold.prompts/1',
      prompts: [{ name: 'triage', versions: [{ number: 1 }, { number: 2 }], labels: { production: 2 } }],
    })
    expect(await eve.call('POST', `${prompts}/import`, file.body)).toEqual({
      status: 200,
      body: { created: ['triage'], extended: [], skipped: [] },
    })
    expect((await eve.call('GET', `${prompts}/export`)).body).toEqual(file.body)
  })

  test('is refused, skipped or added where the name is there, all or nothing', async () => {
    const ada = await signUp(on)
    const { path } = await makePrompt(ada, 'triage', ['one'], { labels: ['production'] })
    const { body } = await ada.call<{ prompts: object[] }>('GET', `${prompts}/export`)
    const file = { ...body, prompts: [{ ...body.prompts[0], name: 'new' }, ...body.prompts] }
    expect(await outcomeOf(ada.call('POST', `${prompts}/import`, file))).toEqual([409, 'prompts.name_taken'])
    expect(await namesOf(ada)).toEqual(['triage'])
    expect((await ada.call('POST', `${prompts}/import`, { ...file, existing: 'skip' })).body).toEqual({
      created: ['new'],
      extended: [],
      skipped: ['triage'],
    })
    expect((await ada.call('POST', `${prompts}/import`, { ...file, existing: 'add' })).body).toMatchObject({
      extended: ['new', 'triage'],
    })
    expect((await ada.call('GET', path)).body).toMatchObject({
      latestVersion: 2,
      labels: [{ label: 'production', version: 1 }],
    })
  })

  test('with a label on a version that is not in it is refused', async () => {
    const ada = await signUp(on)
    const file = {
      format: 'freehold.prompts/1',
      prompts: [{ name: 'x', versions: [{ number: 4, ...versionOf('x') }], labels: { production: 1 } }],
    }
    expect(await outcomeOf(ada.call('POST', `${prompts}/import`, file))).toEqual([400, 'validation_failed'])
  })
})

test('another organization’s prompt is not there, by any way', async () => {
  const [ada, eve] = [await signUp(on), await signUp(on)]
  const { path } = await makePrompt(ada, 'secret', ['one'], { labels: ['production'] })
  const answers = await Promise.all([
    eve.call('GET', path),
    eve.call('PATCH', path, { description: 'mine' }),
    eve.call('DELETE', path),
    eve.call('GET', `${path}/versions`),
    eve.call('GET', `${path}/versions/1`),
    eve.call('POST', `${path}/versions`, versionOf('x')),
    eve.call('PUT', `${path}/labels/production`, { version: 1 }),
    eve.call('DELETE', `${path}/labels/production`),
    eve.call('GET', `${path}/label-moves`),
    eve.call('GET', `${path}/figures`),
    eve.call('POST', `${path}/render`, {}),
    eve.call('POST', `${path}/duplicate`, { name: 'mine' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404))
  expect((await eve.call('GET', `${prompts}/export`)).body).toMatchObject({ prompts: [] })
})

test('members write, admins decide what production is, and guests see nothing', async () => {
  const ada = await signUp(on)
  const member = await joinOrganization(on, ada, { role: 'member' })
  const guest = await joinOrganization(on, ada, { role: 'guest' })
  const { path } = await makePrompt(member, 'triage', ['one', 'two'])
  expect((await member.call('PUT', `${path}/labels/staging`, { version: 2 })).status).toBe(200)
  const forbidden = [
    member.call('PUT', `${path}/labels/production`, { version: 2 }),
    member.call('DELETE', `${path}/labels/production`),
    member.call('PATCH', path, { archived: true }),
    member.call('DELETE', path),
    member.call('POST', prompts, { name: 'live', version: versionOf('x'), labels: ['production'] }),
    guest.call('GET', prompts),
  ]
  for (const answer of forbidden) expect(await outcomeOf(answer)).toEqual([403, 'forbidden'])
  expect((await ada.call('PUT', `${path}/labels/production`, { version: 2 })).status).toBe(200)
  expect(await namesOf(ada)).toEqual(['triage'])
})

test('what somebody wrote is in what they take along', async () => {
  const ada = await signUp(on)
  await makePrompt(ada, 'triage', ['Sort the letters.'])
  const answer = await on.request('GET', '/api/v1/user/export', { token: ada.token })
  expect(await answer.text()).toContain('Sort the letters.')
})
