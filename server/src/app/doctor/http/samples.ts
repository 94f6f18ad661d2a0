import type { Json } from './operations.ts'
import type { Resource } from './resource-ids.ts'
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
  refusal?: { status: number; because: string }
}

/** Words that every organization's texts share, so that a search of one would find those of another. */
export const sharedWords = 'zanzibar quarterly report'

const question = (tenant: Tenant) => `${sharedWords}? ${tenant.canary}`

/** By `method path`. */
export const samples: Readonly<Record<string, Sample>> = {
  'post /api/v1/auth/signin': { fields: ({ owner: { email, password } }) => ({ email, password }) },
  'post /api/v1/auth/refresh': { fields: ({ owner: { refreshToken } }) => ({ refreshToken }) },
  'post /api/v1/auth/switch': { fields: ({ owner: { organizationId } }) => ({ organizationId }) },
  'post /api/v1/auth/signout': { ends: "the owner's session" },
  'post /api/v1/auth/token': { credential: 'key' },
  'post /api/v1/organizations/{id}/members': {
    fields: ({ bystander: { email } }) => ({ email, role: 'member' }),
  },
  'patch /api/v1/organizations/{id}/members/{userId}': { fields: () => ({ role: 'member' }) },
  'post /api/v1/search': { fields: () => ({ query: sharedWords }) },
  'post /v1/chat/completions': {
    fields: (tenant) => ({
      model: 'local/extractive',
      messages: [{ role: 'user', content: question(tenant) }],
    }),
  },
  'post /v1/embeddings': { fields: (tenant) => ({ model: 'local/embedding', input: question(tenant) }) },
}

/** Which table a path segment speaks of, where its name does not say so. */
export const tablesOfSegments: Readonly<Record<string, string>> = {
  members: 'memberships',
  usage: 'usage_records',
}

/** What a field of a body or query names, where its name does not say so: `collectionIds` is collections.id by itself. */
export const resourcesOfFields: Readonly<Record<string, Resource>> = {
  customRoleId: { table: 'roles', column: 'id' },
  userId: { table: 'memberships', column: 'user_id' },
  successorId: { table: 'memberships', column: 'user_id' },
}

/** Resources of the installation: every organization names the same ones. */
export const globalResources: Readonly<Record<string, string>> = {
  models: 'the models that this installation serves',
}
