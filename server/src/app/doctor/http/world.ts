import { newId } from '../../../platform/ids.ts'
import { asSystem } from '../database/run-as.ts'
import { newDomain } from '../throw-away.ts'
import { asJson, type Json, type Operation } from './operations.ts'
import { createPerson, makeKey, type Person } from './person.ts'
import type { ProofApp } from './proof-app.ts'
import { type IdSource, idsOf, type Resource, resourceOfParameter } from './resource-ids.ts'
import { sampleOf } from './sample-value.ts'
import { namesBelowIds, samples, sharedWords } from './samples.ts'
import { type Answer, bearer, type SentRequest, send } from './send.ts'

/** An organization with its owner. Its canary stands in everything it writes. */
export interface Tenant {
  owner: Person
  /** Has an account, for the owner to add. */
  bystander: Person
  canary: string
  /** Of the owner, for what is not for people. */
  apiKey: string
  /** Verified as the organization's own, without asking anybody's DNS. */
  domain: string
  ids: IdSource
  /** Of a letter in which the bystander's organization invites the owner. */
  invitationToken: string
}

export async function createTenant(on: ProofApp, name: string): Promise<Tenant> {
  const canary = `canary-${newId()}`
  const owner = await createPerson(on, `${name} ${canary}`)
  const bystander = await createPerson(on, `${name}'s bystander`)
  const { key: apiKey } = await makeKey(on, owner)
  const { organizationId } = owner
  const domain = newDomain()
  await asSystem(on.platform.database, (query) =>
    query(`insert into freehold.sign_in_domains (organization_id, id, domain, token, created_at, verified_at)
      values ('${organizationId}', '${newId()}', '${domain}', '${canary}', now(), now())`),
  )
  const ids = idsOf(on.platform.database, organizationId)
  return {
    owner,
    bystander,
    canary,
    apiKey,
    domain,
    ids,
    invitationToken: await invite(on, bystander, owner),
  }
}

async function invite(on: ProofApp, host: Person, guest: Person): Promise<string> {
  const path = `/api/v1/organizations/${host.organizationId}/invitations`
  const sent = await host.call('POST', path, { email: guest.email })
  await on.jobs.run()
  const letter = on.letters.findLast((one) => one.to === guest.email)
  const token = /#token=([\w-]+)/.exec(letter?.text ?? '')?.[1]
  if (token === undefined) throw new Error(`Inviting failed: ${sent.status} ${JSON.stringify(sent.body)}`)
  return token
}

/** What an operation needs of a tenant beside what its schema says. */
export async function fieldsFor(tenant: Tenant, operation: Operation): Promise<Json> {
  return (await samples[operation.key]?.fields?.(tenant)) ?? {}
}

/** As whom a tenant's owner calls an operation. */
export function ownerHeaders(tenant: Tenant, operation: Operation): Record<string, string> {
  return bearer(samples[operation.key]?.credential === 'key' ? tenant.apiKey : tenant.owner.token)
}

/** Whether an owner was answered as they should be. */
export function isGood(operation: Operation, answer: Answer): boolean {
  const refusal = samples[operation.key]?.refusal
  if (!refusal) return answer.status < 300
  return refusal.status === undefined
    ? answer.status >= 400 && answer.status < 500
    : answer.status === refusal.status
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
    const id = resource
      ? await idFor(operation, idsFor(operation, name), resource)
      : (namesBelowIds[name] ?? 'local/extractive')
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

/** Calls come in the order in which a person would make them: make, change, look, remove. */
export function inOrderOfUse(operations: readonly Operation[]): Operation[] {
  const rank = ({ method, path }: Operation) => {
    // What is put at a fixed place is made by it; what is put by its id was made before.
    const step = method === 'put' && path.includes('{') ? 'patch' : method
    return ['put', 'post', 'patch', 'get', 'delete'].indexOf(step) * 10 + path.split('{').length
  }
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
  for (const operation of inOrderOfUse(operations)) {
    signal?.throwIfAborted()
    const sample = { text: `${sharedWords} ${tenant.canary}`, fields: await fieldsFor(tenant, operation) }
    const request = await requestFor(operation, () => tenant.ids, sample)
    answers.set(operation, await send(on.app, request, ownerHeaders(tenant, operation)))
    await samples[operation.key]?.afterwards?.(on, tenant)
    if (operation.method !== 'get') await on.jobs.run()
  }
  return answers
}
