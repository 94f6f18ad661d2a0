import type { Role } from '../platform/auth/permissions.ts'
import { type Actor, signUp, type TestApp } from './test-app.ts'

/** A new person with a role in the owner's organization, acting there. */
export async function joinOrganization(
  on: TestApp,
  owner: Actor,
  as: { role: Role } | { customRoleId: string },
): Promise<Actor> {
  const person = await signUp(on)
  const path = `/api/v1/organizations/${owner.organizationId}/members`
  const added = await owner.call('POST', path, { email: person.email, ...as })
  if (added.status !== 201) throw new Error(`Adding failed: ${added.status} ${JSON.stringify(added.body)}`)
  return actIn(on, person, owner.organizationId)
}

/** The same person, acting in another of their organizations. */
export async function actIn(on: TestApp, person: Actor, organizationId: string): Promise<Actor> {
  const { status, body } = await person.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
    organizationId,
  })
  if (status !== 200) throw new Error(`Switching failed: ${status} ${JSON.stringify(body)}`)
  return { ...person, organizationId, token: body.accessToken, call: callerOf(on, body.accessToken) }
}

/** Sends with a token or an API key, and gives status and parsed body. */
export function callerOf(on: TestApp, token: string): Actor['call'] {
  return async <T>(method: string, path: string, sent?: unknown) => {
    const answer = await on.request(method, path, { token, body: sent })
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T } // the test states it
  }
}

export interface Refusal {
  error: { code: string; message: string; details: Record<string, unknown> }
}

/** Status and code, which is what most tests of a refusal compare. */
export async function outcomeOf(
  answer: Promise<{ status: number; body: unknown }>,
): Promise<[status: number, code?: string]> {
  const { status, body } = await answer
  return status < 400 ? [status] : [status, (body as Refusal).error.code] // every refusal has this shape
}

/** What the audit log says was done, newest first. */
export async function actionsOf(owner: Actor): Promise<string[]> {
  const { body } = await owner.call<{ data: { action: string }[] }>('GET', '/api/v1/activity')
  return body.data.map(({ action }) => action)
}

/** A new session of the same person: those of before end when a test moves the clock far. */
export async function signInAgain(on: TestApp, person: Actor): Promise<Actor> {
  const answer = await on.request('POST', '/api/v1/auth/signin', {
    body: { email: person.email, password: 'correct horse battery' },
  })
  const { accessToken } = (await answer.json()) as { accessToken: string } // the contract of signing in
  return { ...person, token: accessToken, call: callerOf(on, accessToken) }
}
