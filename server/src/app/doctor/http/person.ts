import { randomBytes } from 'node:crypto'
import { systemCaller } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { asSystem } from '../database/run-as.ts'
import { addressOf } from '../throw-away.ts'
import type { ProofApp } from './proof-app.ts'

/** Somebody who takes part, owner of an organization of their own and signed in to it. */
export interface Person {
  token: string
  refreshToken: string
  userId: string
  email: string
  password: string
  organizationId: string
  /** Sends as this person and gives status and parsed body. */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T }>
}

/** Made beside the routes of signing up, which an installation may have closed, and signed in by its own. */
export async function createPerson(on: ProofApp, name: string): Promise<Person> {
  const email = addressOf(on.runId, randomBytes(4).toString('hex'))
  const password = randomBytes(18).toString('base64url')
  const engine = await on.identity.engine()
  const { userId } = await engine.signUp({ email, password, name }, new Headers())
  await asSystem(on.platform.database, (query) =>
    query(`update freehold.users set email_verified = true where id = '${userId}'`),
  )
  const caller = { ...systemCaller('', newId(), userId), organizationId: null, userId }
  const { id: organizationId } = await on.identity.directory.create(caller, `${name}'s`)
  const response = await request(on, 'POST', '/api/v1/auth/signin', {}, { email, password })
  if (response.status !== 200)
    throw new Error(`Signing in failed: ${response.status} ${await response.text()}`)
  // The contract of signing in.
  const session = (await response.json()) as { accessToken: string; refreshToken: string }
  const token = session.accessToken
  return {
    token,
    refreshToken: session.refreshToken,
    userId,
    email,
    password,
    organizationId,
    async call<T>(method: string, path: string, body?: unknown) {
      const answer = await request(on, method, path, { authorization: `Bearer ${token}` }, body)
      const text = await answer.text()
      // Who calls states the shape of the route's contract.
      return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
    },
  }
}

export async function request(
  on: ProofApp,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Response> {
  return on.app.request(`http://localhost${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** A key of a person's own, which holds what they do as far as a machine may. */
export async function makeKey(on: ProofApp, owner: Person): Promise<{ id: string; key: string }> {
  const made = await owner.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', {
    name: 'of the proof',
  })
  if (made.status !== 201) throw new Error(`Making a key failed: ${made.status}`)
  const authorization = `Bearer ${made.body.key}`
  const check = await request(on, 'GET', '/api/v1/api-keys', { authorization })
  if (check.status !== 200) throw new Error(`A fresh key does not work: ${check.status}`)
  return made.body
}
