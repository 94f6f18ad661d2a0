import type { HttpApp } from '../../../platform/http/app.ts'
import { newId } from '../../../platform/ids.ts'
import { asJson, type Json, type Operation } from './operations.ts'
import { createPerson, type Person } from './person.ts'
import type { ProofApp } from './proof-app.ts'
import { type IdSource, idsOf, type Resource, resourceOfParameter } from './resource-ids.ts'
import { sampleOf } from './sample-value.ts'

/** Words that every organization's texts share, so that a search of one would find those of another. */
const sharedWords = 'zanzibar quarterly report'

/** An organization with its owner. Its canary stands in everything it writes. */
export interface Tenant {
  owner: Person
  /** Has an account, for the owner to add. */
  bystander: Person
  canary: string
  ids: IdSource
}

export interface SentRequest {
  method: string
  path: string
  body?: unknown
}

export interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}

export async function createTenant(on: ProofApp, name: string): Promise<Tenant> {
  const canary = `canary-${newId()}`
  const owner = await createPerson(on, `${name} ${canary}`)
  const bystander = await createPerson(on, `${name}'s bystander`)
  return { owner, bystander, canary, ids: idsOf(on.platform.database, owner.organizationId) }
}

/** What an operation needs that its schema cannot say. Keys are `method path`. */
export function fieldsFor(tenant: Tenant): Readonly<Record<string, Json>> {
  const content = `${sharedWords}? ${tenant.canary}`
  return {
    'post /api/v1/auth/signup': { password: tenant.owner.password },
    'post /api/v1/auth/signin': { email: tenant.owner.email, password: tenant.owner.password },
    'post /api/v1/auth/refresh': { refreshToken: tenant.owner.refreshToken },
    'post /api/v1/auth/switch': { organizationId: tenant.owner.organizationId },
    'post /api/v1/organizations/{id}/members': { email: tenant.bystander.email, role: 'member' },
    'post /api/v1/user/password': {
      currentPassword: tenant.owner.password,
      newPassword: tenant.owner.password,
    },
    'post /api/v1/user/passkeys/options': { password: tenant.owner.password },
    'post /api/v1/user/two-factor': { password: tenant.owner.password },
    'post /api/v1/user/two-factor/disable': { password: tenant.owner.password },
    'post /api/v1/search': { query: sharedWords },
    'post /v1/chat/completions': { model: 'local/extractive', messages: [{ role: 'user', content }] },
    'post /v1/embeddings': { model: 'local/embedding', input: content },
  }
}

/**
 * Operations that take what no document can say, and are refused here, each with what it takes. That they work is shown
 * by their module's own tests.
 */
export const takesMore: Readonly<Record<string, string>> = {
  'post /api/v1/auth/token': 'an API key, where here a person asks',
  'post /api/v1/auth/verify-email': 'the link of a letter',
  'post /api/v1/auth/reset-password': 'the link of a letter',
  'post /api/v1/auth/social': 'a provider that is set up',
  'post /api/v1/auth/social/callback': 'the answer of a provider',
  'post /api/v1/auth/two-factor': 'a code of an authenticator app',
  'post /api/v1/user/two-factor/confirm': 'a code of an authenticator app',
  'post /api/v1/user/two-factor/recovery-codes': 'a second factor that is on',
  'post /api/v1/auth/passkey/verify': 'the answer of a passkey',
  'post /api/v1/user/passkeys': 'the answer of a passkey',
}

/** A request that the operation's own schema accepts. @throws naming what could not be filled in */
export async function requestFor(
  operation: Operation,
  idsFor: (operation: Operation, parameter: string) => IdSource,
  sample: { text: string; fields?: Json },
): Promise<SentRequest> {
  let path = operation.path
  for (const { name, place } of operation.parameters.filter((one) => one.place === 'path' || one.required)) {
    if (place !== 'path')
      throw new Error(
        `${operation.key} requires the ${place} parameter ${name}, which cannot be filled in yet.`,
      )
    const resource = resourceOfParameter(operation.path, name)
    const id = resource ? await idFor(operation, idsFor(operation, name), resource) : 'local/extractive'
    path = path.replace(`{${name}}`, encodeURIComponent(id))
  }
  const { body } = operation
  if (!body) return { method: operation.method, path }
  const fields = { ...asJson(sampleOf(body.schema, sample)), ...sample.fields }
  if (body.mediaType === 'application/json') return { method: operation.method, path, body: fields }
  if (body.mediaType === 'multipart/form-data')
    return { method: operation.method, path, body: formOf(body.schema, fields, sample.text) }
  throw new Error(`${operation.key} takes ${body.mediaType}, which cannot be made yet.`)
}

async function idFor(operation: Operation, ids: IdSource, resource: Resource): Promise<string> {
  try {
    return await ids.idOf(resource)
  } catch (error) {
    throw new Error(`${operation.key} cannot be called: no id for ${resource.table}.${resource.column}.`, {
      cause: error,
    })
  }
}

function formOf(schema: Json, fields: Json, text: string): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (asJson(asJson(schema.properties)[name]).format === 'binary')
      form.set(name, new Blob([`# ${text}\n\n${text}.\n`]), `${text.slice(0, 100)}.md`)
    else form.set(name, String(value))
  }
  return form
}

/** Sends and reads the whole answer; a stream is read for five seconds at most. */
export async function send(
  app: HttpApp,
  { method, path, body }: SentRequest,
  headers: Record<string, string>,
): Promise<Answer> {
  const form = body instanceof FormData
  const response = await app.request(`http://localhost${path}`, {
    method: method.toUpperCase(),
    headers: { ...(body === undefined || form ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const timer = setTimeout(() => void reader?.cancel(), 5_000)
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      text += decoder.decode(part.value)
  } finally {
    clearTimeout(timer)
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), text }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Calls come in the order in which a person would make them: make, change, look, remove. */
export function inOrderOfUse(operations: readonly Operation[]): Operation[] {
  const rank = ({ method, path }: Operation) =>
    ['put', 'post', 'patch', 'get', 'delete'].indexOf(method) * 10 + path.split('{').length
  return [...operations].sort((one, other) => rank(one) - rank(other))
}

/**
 * Calls every operation as the tenant's owner with requests made from the document, and does the jobs they send.
 * The tenant's canary stands in all it writes. @returns an answer for each operation
 */
export async function useEverything(
  on: ProofApp,
  tenant: Tenant,
  operations: readonly Operation[],
  signal?: AbortSignal,
): Promise<Map<Operation, Answer>> {
  const answers = new Map<Operation, Answer>()
  const fields = fieldsFor(tenant)
  for (const operation of inOrderOfUse(operations)) {
    signal?.throwIfAborted()
    const sample = { text: `${sharedWords} ${tenant.canary}`, fields: fields[operation.key] ?? {} }
    const request = await requestFor(operation, () => tenant.ids, sample)
    answers.set(operation, await send(on.app, request, bearer(tenant.owner.token)))
    if (operation.method !== 'get') await on.jobs.run()
  }
  return answers
}
