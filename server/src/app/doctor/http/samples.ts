import { sql } from 'drizzle-orm'
import { askForApprovals } from '../../../modules/assistants/index.ts'
import { systemCaller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import { strayAddress } from '../throw-away.ts'
import type { Json } from './operations.ts'
import { request } from './person.ts'
import type { ProofApp } from './proof-app.ts'
import type { Resource } from './resource-ids.ts'
import { bearer } from './send.ts'
import type { Tenant } from './world.ts'

/**
 * All that the matrix must be told about an operation, because neither the document nor the database says it. A new
 * operation needs a line here only where a request made from its schema is not good.
 */
export interface Sample {
  /** What its schema cannot say: a rule between fields, a secret, somebody else's address. */
  fields?: (tenant: Tenant) => Json | Promise<Json>
  /** Calls with an API key of the organization, because people are refused. */
  credential?: 'key'
  /** Why no owner calls it before everybody else has: it would take the stage down. */
  ends?: string
  /** A refusal that is the right answer to its owner, and why nothing better can be had here. */
  refusal?: { because: string; status?: number }
  /** Takes back what the call took from the owner. */
  afterwards?: (on: ProofApp, tenant: Tenant) => Promise<void>
}

/** Words that every organization's texts share, so that a search of one would find those of another. */
export const sharedWords = 'zanzibar quarterly report'

const question = (tenant: Tenant) => `${sharedWords}? ${tenant.canary}`

/** Whoever hands an organization over is an admin then; the rest of the proof needs its owner. */
async function handBack(on: ProofApp, { owner, bystander }: Tenant): Promise<void> {
  const { organizationId, userId } = owner
  const { body } = await bystander.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
    organizationId,
  })
  const path = `/api/v1/organizations/${organizationId}/transfer`
  const answer = await request(on, 'POST', path, bearer(body.accessToken), { userId })
  if (answer.status !== 204) throw new Error(`Handing back failed: ${answer.status}`)
}

/** The same chat again, for an answer that is fetched later. */
async function queueChat(on: ProofApp, tenant: Tenant): Promise<void> {
  const headers = { ...bearer(tenant.owner.token), prefer: 'respond-async' }
  const body = { model: 'local/extractive', messages: [{ role: 'user', content: question(tenant) }] }
  const answer = await request(on, 'POST', '/v1/chat/completions', headers, body)
  if (answer.status !== 202) throw new Error(`Queueing a chat failed: ${answer.status}`)
}

/** What the run would change, which the built-in model asks for nothing of. */
async function askForApproval(
  on: ProofApp,
  { owner: { organizationId }, ids, canary }: Tenant,
): Promise<void> {
  const id = await ids.idOf({ table: 'assistant_runs', column: 'id' })
  const given = { title: canary, content: canary }
  const { platform } = on
  const run = { organizationId, id }
  await askForApprovals({ assistants: { platform }, run, definition: { tools: ['create_document'] } }, [
    { id: 'agent-0-0', name: 'create_document', arguments: given },
  ])
}

/** The question expects a document that was read before, so that there is something to evaluate. */
async function expectDocument({ platform }: ProofApp, { owner: { organizationId } }: Tenant): Promise<void> {
  // The organization is named: the proof goes on where a wall has a hole.
  await withTenant(platform, systemCaller(organizationId, newId()), ({ tx }) =>
    tx.execute(sql`
      insert into freehold.gold_passages (organization_id, id, question_id, document_id, quote)
      select ${organizationId}, gen_random_uuid(), q.id, d.id, 'zanzibar'
      from (select id from freehold.gold_questions where organization_id = ${organizationId} order by id desc limit 1) q,
        (select id from freehold.documents where organization_id = ${organizationId} limit 1) d`),
  )
}

/** Somebody else each time, in the tenant's own domain. */
const scimUser = ({ canary, domain }: Tenant) => ({
  userName: strayAddress(domain),
  displayName: canary,
})

const scimPatch = (value: string) => ({ Operations: [{ op: 'replace', path: 'displayName', value }] })

/** By `method path`. */
export const samples: Readonly<Record<string, Sample>> = {
  'post /api/v1/auth/signin': { fields: ({ owner: { email, password } }) => ({ email, password }) },
  'post /api/v1/auth/refresh': { fields: ({ owner: { refreshToken } }) => ({ refreshToken }) },
  'post /api/v1/auth/switch': { fields: ({ owner: { organizationId } }) => ({ organizationId }) },
  'post /api/v1/auth/signup': { fields: ({ owner: { password } }) => ({ password }) },
  'post /api/v1/auth/verify-email': { refusal: { because: 'the link is in a letter' } },
  'post /api/v1/auth/reset-password': { refusal: { because: 'the link is in a letter' } },
  'post /api/v1/auth/confirm-address': { refusal: { because: 'the link is in a letter' } },
  'post /api/v1/auth/stop-address-change': { refusal: { because: 'the link is in a letter' } },
  'post /api/v1/user/email': {
    fields: ({ owner: { password }, domain }) => ({ password, newEmail: strayAddress(domain) }),
  },
  'post /api/v1/auth/social': { refusal: { because: 'no provider is set up' } },
  'post /api/v1/auth/social/callback': { refusal: { because: 'it takes the answer of a provider' } },
  'post /api/v1/auth/two-factor': { refusal: { because: 'it takes a code of an authenticator app' } },
  'post /api/v1/auth/passkey/verify': { refusal: { because: 'it takes the answer of a passkey' } },
  'post /api/v1/user/passkeys': { refusal: { because: 'it takes the answer of a passkey' } },
  'post /api/v1/user/passkeys/options': { fields: ({ owner: { password } }) => ({ password }) },
  'post /api/v1/user/password': {
    fields: ({ owner: { password } }) => ({ currentPassword: password, newPassword: password }),
  },
  'post /api/v1/user/two-factor': { fields: ({ owner: { password } }) => ({ password }) },
  'post /api/v1/user/two-factor/confirm': { refusal: { because: 'it takes a code of an authenticator app' } },
  'post /api/v1/user/two-factor/disable': { fields: ({ owner: { password } }) => ({ password }) },
  'post /api/v1/user/two-factor/recovery-codes': { refusal: { because: 'no second factor is on' } },
  'delete /api/v1/user/account': {
    fields: ({ owner: { password } }) => ({ password }),
    ends: 'the account, which is refused while an organization has no other owner',
  },
  'post /api/v1/auth/signout': { ends: "the owner's session" },
  'post /api/v1/auth/token': { credential: 'key' },
  'post /api/v1/organizations/{id}/members': {
    fields: ({ bystander: { email } }) => ({ email, role: 'member' }),
  },
  'delete /api/v1/organizations/{id}': {
    fields: ({ owner: { organizationSlug } }) => ({ confirm: organizationSlug }),
    ends: 'the organization',
  },
  'post /api/v1/organizations/{id}/transfer': {
    fields: ({ bystander: { userId } }) => ({ userId }),
    afterwards: handBack,
  },
  'post /api/v1/invitations/lookup': { fields: ({ invitationToken }) => ({ token: invitationToken }) },
  'post /api/v1/invitations/accept': { fields: ({ invitationToken }) => ({ token: invitationToken }) },
  'patch /api/v1/organizations/{id}/members/{userId}': { fields: () => ({ role: 'member' }) },
  'get /api/v1/outbox': { refusal: { status: 403, because: 'it is for who operates the installation' } },
  'get /api/v1/admin/usage-adjustments': {
    refusal: { status: 403, because: 'it is for who operates the installation' },
  },
  'post /api/v1/admin/usage-adjustments': {
    refusal: { status: 403, because: 'it is for who operates the installation' },
  },
  'get /api/v1/admin/cost-comparisons': {
    refusal: { status: 403, because: 'it is for who operates the installation' },
  },
  'get /api/v1/admin/credits': {
    refusal: { status: 403, because: 'it is for who operates the installation' },
  },
  'post /api/v1/admin/credits': {
    refusal: { status: 403, because: 'it is for who operates the installation' },
  },
  'post /api/v1/admin/credits/revoke': {
    fields: () => ({ grantId: newId() }),
    refusal: { status: 403, because: 'it is for who operates the installation' },
  },
  'post /api/v1/model-aliases': {
    fields: ({ canary }) => ({
      name: newId(),
      description: canary,
      targets: [{ model: 'local/extractive' }],
    }),
  },
  'patch /api/v1/model-aliases/{id}': { fields: () => ({ targets: [{ model: 'local/extractive' }] }) },
  'post /api/v1/provider-keys': {
    fields: ({ canary }) => ({
      provider: 'our-server',
      name: canary,
      key: 'sk-of-nobody',
      baseUrl: 'https://models.example.com/v1',
      models: ['llama'],
    }),
  },
  'post /api/v1/estimate': {
    fields: () => ({ model: 'local/extractive', messages: [{ role: 'user', content: sharedWords }] }),
  },
  'post /api/v1/assistants': {
    fields: ({ canary }) => ({ name: canary.slice(0, 120), model: 'local/extractive', graph: 'retrieval' }),
  },
  'patch /api/v1/assistants/{id}': { fields: () => ({ stepLimit: 10 }) },
  'post /api/v1/runs': {
    fields: async ({ ids }) => ({ assistantId: await ids.idOf({ table: 'assistants', column: 'id' }) }),
    afterwards: askForApproval,
  },
  'post /api/v1/approvals/{id}/approve': {
    refusal: { status: 409, because: 'the run that asked has ended by then' },
  },
  'post /api/v1/approvals/{id}/reject': {
    refusal: { status: 409, because: 'the run that asked has ended by then' },
  },
  'post /api/v1/collections/{id}/gold-questions': { afterwards: expectDocument },
  'post /api/v1/search': { fields: () => ({ query: sharedWords }) },
  'post /api/v1/auth/sso': { refusal: { status: 404, because: 'it needs an identity provider' } },
  'get /api/v1/auth/sso/callback': {
    refusal: { status: 302, because: 'it needs an identity provider, and leads a browser on in any case' },
  },
  'post /api/v1/sign-in/domains': { fields: () => ({ domain: `${newId()}.example` }) },
  'post /api/v1/documents/from-url': {
    fields: () => ({ url: 'http://127.0.0.1/' }),
    refusal: { status: 422, because: 'it fetches from the public internet only' },
  },
  'post /api/v1/documents/{id}/refresh': {
    refusal: { status: 422, because: 'the document was uploaded, not fetched' },
  },
  'post /api/v1/sign-in/domains/{id}/verify': {
    refusal: { status: 422, because: 'it needs a record in the DNS of a domain' },
  },
  'put /api/v1/sign-in/connection': {
    fields: () => ({ issuer: 'http://127.0.0.1:9' }),
    refusal: { status: 422, because: 'it needs an identity provider' },
  },
  'post /api/v1/sign-in/connection/test': { fields: () => ({ issuer: 'http://127.0.0.1:9' }) },
  'post /scim/v2/Users': { fields: scimUser },
  'put /scim/v2/Users/{id}': { fields: scimUser },
  'patch /scim/v2/Users/{id}': { fields: ({ canary }) => scimPatch(canary) },
  'post /scim/v2/Groups': { fields: ({ canary }) => ({ displayName: `${canary} ${newId()}` }) },
  'put /scim/v2/Groups/{id}': { fields: ({ canary }) => ({ displayName: `${canary} ${newId()}` }) },
  'patch /scim/v2/Groups/{id}': { fields: ({ canary }) => scimPatch(`${canary} ${newId()}`) },
  'get /scim/v2/Schemas/{id}': { refusal: { status: 404, because: 'no path says which schemas there are' } },
  'get /scim/v2/ResourceTypes/{id}': {
    refusal: { status: 404, because: 'no path says which kinds there are' },
  },
  // A budget for each request: there is one for the same thing and window once.
  'post /api/v1/budgets': {
    fields: ({ canary }) => ({ tag: `${canary.slice(0, 30)}-${newId().slice(-30)}` }),
  },
  // And a limit for each.
  'post /api/v1/limits': {
    fields: ({ canary }) => ({
      tag: `${canary.slice(0, 30)}-${newId().slice(-30)}`,
      requestsPerMinute: 1_000,
    }),
  },
  // Another slug each time: there is one project of a slug.
  'post /api/v1/projects': {
    fields: ({ canary }) => ({ name: canary, slug: `p-${newId()}`, description: canary }),
  },
  'patch /api/v1/api-keys/{id}': { fields: () => ({ projectId: null }) },
  'patch /api/v1/projects/{id}': { fields: ({ canary }) => ({ description: canary }) },
  // Another name each time: there is one prompt of a name.
  'post /api/v1/prompts': {
    fields: ({ canary }) => ({
      name: `p-${newId()}`,
      description: canary,
      version: { messages: [{ role: 'system', content: canary }] },
      labels: ['production'],
    }),
  },
  'post /api/v1/prompts/{id}/duplicate': { fields: () => ({ name: `p-${newId()}` }) },
  'post /api/v1/prompts/{id}/render': { fields: () => ({ version: 1 }) },
  'post /api/v1/prompts/folders/move': { fields: () => ({ from: 'one', to: 'other' }) },
  // Only noted: the other calls of the matrix must pass.
  'put /api/v1/guardrails': {
    fields: ({ canary }) => ({
      patterns: { action: 'flag', stages: 'both', patterns: [canary.slice(0, 90)] },
    }),
  },
  'post /v1/chat/completions': {
    fields: (tenant) => ({
      model: 'local/extractive',
      messages: [{ role: 'user', content: question(tenant) }],
    }),
    // And once more, to be answered later.
    afterwards: queueChat,
  },
  'post /v1/messages': {
    fields: (tenant) => ({
      model: 'local/extractive',
      max_tokens: 1_000,
      messages: [{ role: 'user', content: question(tenant) }],
    }),
  },
  'post /v1/messages/count_tokens': {
    fields: (tenant) => ({
      model: 'local/extractive',
      messages: [{ role: 'user', content: question(tenant) }],
    }),
  },
  'post /v1/responses': {
    fields: (tenant) => ({ model: 'local/extractive', input: question(tenant) }),
  },
  'post /v1/responses/{id}/cancel': {
    refusal: { status: 400, because: 'there are no answers in the background' },
  },
  'post /v1/embeddings': { fields: (tenant) => ({ model: 'local/embedding', input: question(tenant) }) },
}

/** Which table a path segment speaks of, where its name does not say so. */
export const tablesOfSegments: Readonly<Record<string, string>> = {
  runs: 'assistant_runs',
  approvals: 'assistant_approvals',
  members: 'memberships',
  usage: 'usage_records',
  responses: 'stored_responses',
  domains: 'sign_in_domains',
  groups: 'scim_groups',
  Users: 'scim_users',
  Groups: 'scim_groups',
}

/** What a field of a body or query names, where its name does not say so: `collectionIds` is collections.id by itself. */
export const resourcesOfFields: Readonly<Record<string, Resource>> = {
  actorId: { table: 'audit_entries', column: 'actor_id' },
  authorIds: { table: 'memberships', column: 'user_id' },
  requestId: { table: 'audit_entries', column: 'request_id' },
  grantId: { table: 'credit_grants', column: 'id' },
  correctionId: { table: 'usage_adjustments', column: 'correction_id' },
  customRoleId: { table: 'roles', column: 'id' },
  editedMessageId: { table: 'messages', column: 'id' },
  userId: { table: 'memberships', column: 'user_id' },
  successorId: { table: 'memberships', column: 'user_id' },
}

/** What names something only below the id before it: every organization has the same names. */
export const namesBelowIds: Readonly<Record<string, string>> = { number: '1', label: 'production' }

/** Resources of the installation: every organization names the same ones. */
export const globalResources: Readonly<Record<string, string>> = {
  models: 'the models that this installation serves',
  Schemas: 'of the protocol',
  ResourceTypes: 'of the protocol',
}
