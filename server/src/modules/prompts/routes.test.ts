import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

const triage = {
  name: 'triage',
  folder: 'support/mail',
  description: 'Sorts what comes in.',
  version: {
    messages: [
      { role: 'system', content: 'You sort letters of {{company}}.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'greeting' },
    ],
    variables: [{ name: 'company', default: 'Acme' }],
    note: 'The first.',
  },
}

interface Prompt {
  id: string
}

test('a prompt is made with its first version, found, changed, and a version is added', async () => {
  const ada = await signUp(on)
  const made = await ada.call<Prompt>('POST', '/api/v1/prompts', { ...triage, labels: ['production'] })
  expect(made).toMatchObject({
    status: 201,
    body: {
      name: 'triage',
      folder: 'support/mail',
      latestVersion: 1,
      labels: [{ label: 'production', version: 1, canary: null }],
      createdBy: { id: ada.userId, name: 'Ada' },
      archivedAt: null,
    },
  })
  const path = `/api/v1/prompts/${made.body.id}`
  expect((await ada.call('GET', '/api/v1/prompts?q=TRI')).body).toMatchObject({
    data: [{ id: made.body.id }],
    nextCursor: null,
  })
  expect((await ada.call('GET', `${path}/versions/1`)).body).toMatchObject({
    number: 1,
    messages: triage.version.messages,
    variables: [{ name: 'company', default: 'Acme', description: '' }],
    note: 'The first.',
  })
  const second = await ada.call('POST', `${path}/versions`, {
    messages: [{ role: 'system', content: 'Sort {{letter}} for {{ company }}.' }],
    model: 'local/extractive',
    parameters: { temperature: 0.2 },
  })
  expect(second).toMatchObject({
    status: 201,
    body: { number: 2, variables: [{ name: 'letter', default: null }, { name: 'company' }] },
  })
  expect((await ada.call('GET', `${path}/versions`)).body).toMatchObject({
    data: [{ number: 2 }, { number: 1 }],
  })
  const rendered = await ada.call('POST', `${path}/render`, {
    label: 'latest',
    variables: { letter: '{{company}}', company: 'B' },
  })
  expect(rendered).toMatchObject({
    status: 200,
    body: {
      version: 2,
      model: 'local/extractive',
      parameters: { temperature: 0.2 },
      messages: [{ role: 'system', content: 'Sort {{company}} for B.' }],
      estimatedTokens: 10,
    },
  })
})
