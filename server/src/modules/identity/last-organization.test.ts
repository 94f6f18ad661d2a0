import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actIn } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { ask, password } from './identity.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp()
})
afterAll(async () => {
  await on.dispose()
})

const makeOrganization = async (person: Actor, name: string) =>
  (await person.call<{ id: string; slug: string }>('POST', '/api/v1/organizations', { name })).body

const whereNext = async (person: Actor) => {
  const { body } = await ask<{ organization: { id: string } | null }>(on, 'POST', '/api/v1/auth/signin', {
    body: { email: person.email, password },
  })
  return body.organization?.id ?? null
}

describe('a new session acts', () => {
  test('in the organization its person acted in last, in whatever session, and at first in the oldest', async () => {
    const ada = await signUp(on)
    const second = await makeOrganization(ada, 'Second')
    await makeOrganization(ada, 'Third')
    expect(await whereNext(ada)).toBe(ada.organizationId)
    await actIn(on, ada, second.id)
    expect(await whereNext(ada)).toBe(second.id)
    await ada.call('DELETE', '/api/v1/user/sessions')
    expect(await whereNext(ada), 'when that session is long gone').toBe(second.id)
    await actIn(on, ada, ada.organizationId)
    expect(await whereNext(ada)).toBe(ada.organizationId)
  })

  test('in the oldest, when its person has left the last one or was removed from it', async () => {
    const [ada, bob] = [await signUp(on), await signUp(on, 'Bob')]
    const members = `/api/v1/organizations/${bob.organizationId}/members`
    await bob.call('POST', members, { email: ada.email, role: 'member' })
    await actIn(on, ada, bob.organizationId)
    expect(await whereNext(ada)).toBe(bob.organizationId)
    expect((await bob.call('DELETE', `${members}/${ada.userId}`)).status).toBe(204)
    expect(await whereNext(ada)).toBe(ada.organizationId)
    await bob.call('POST', members, { email: ada.email, role: 'member' })
    expect(await whereNext(ada), 'which is where they acted since').toBe(ada.organizationId)
  })

  test('in the oldest, when the last one was deleted', async () => {
    const ada = await signUp(on)
    const second = await makeOrganization(ada, 'Second')
    const there = await actIn(on, ada, second.id)
    const gone = await there.call('DELETE', `/api/v1/organizations/${second.id}`, { confirm: second.slug })
    expect(gone.status).toBe(204)
    expect(await whereNext(ada)).toBe(ada.organizationId)
  })
})
