import type { Catalog, Table } from './catalog.ts'

export const organizationColumn = 'organization_id'

/**
 * The tables that belong to no organization, each with its reason. All others are tenant tables: a new table stands
 * behind the wall or is argued for here.
 */
export const outsideTheWall: Readonly<Record<string, string>> = {
  users: 'a person may belong to several organizations',
  sessions: 'of a person; its organization is the one they act in',
  accounts: "a person's credentials",
  verifications: 'of an e-mail address, before there is a person',
  refresh_tokens: 'of a person; its organization is the one they act in',
  signing_keys: 'of the installation',
  address_changes: 'another address for a person, waiting or lately made',
  one_time_tokens: 'links and sign-in steps of a person',
  second_factors: "a person's credentials",
  recovery_codes: "a person's credentials",
  passkeys: "a person's credentials",
  known_devices: 'where a person signs in from',
  account_events: 'what happened to a person’s account',
  organizations: 'is what the wall is made of: a tenant sees its own row by its id',
  event_cursors: 'how far each reader has come, across organizations',
  nodes: 'server processes',
  idempotency_keys: 'of a caller, who may be a person without an organization',
  erased_usage: 'what organizations have cost that are there no more',
  usage_corrections: 'of the installation: what its operator corrects in the books of all organizations',
  book_closings: 'of the installation: until when the books are closed',
  cost_comparisons: 'of the installation: what calls were priced at beside what providers reported',
  model_prices: 'of the installation: what providers asked, and when it was first seen',
  outbox_mails: 'of the installation: what it would have mailed to anybody',
}

/** Everything a tenant may do to tables outside the wall; beyond this it may do nothing there. */
export const tenantRightsOutside: Readonly<Record<string, readonly string[]>> = {
  organizations: ['select', 'update'],
  users: ['select (email)', 'select (id)', 'select (name)'],
}

/** The policies that let it, exactly as PostgreSQL prints them. */
export const policiesOutside: Readonly<
  Record<string, { command: string; using: string; check: string | null }>
> = {
  organizations: {
    command: '*',
    using: '(id = ( SELECT app.organization_id() AS organization_id))',
    check: '(id = ( SELECT app.organization_id() AS organization_id))',
  },
  users: {
    command: 'r',
    using: '(id IN ( SELECT memberships.user_id\n   FROM freehold.memberships))',
    check: null,
  },
}

export const tenantPolicy = '(organization_id = ( SELECT app.organization_id() AS organization_id))'

/** Functions that run with their owner's rights, each with its reason. */
export const definerFunctions: Readonly<Record<string, string>> = {
  'app.search_passages': 'full-text operators are not leakproof, so a policy would switch their index off',
  'app.closed_collections': 'the policies of what it reads ask it',
}

/** Policies beside `tenant` and `system`: they let the owner of a definer function read, and nobody else. */
export const ownerPolicies: Readonly<Record<string, string>> = {
  'documents.search': 'app.search_passages',
  'passages.search': 'app.search_passages',
  'collections.readers': 'app.closed_collections',
  'collection_readers.readers': 'app.closed_collections',
  'memberships.readers': 'app.closed_collections',
  'api_keys.readers': 'app.closed_collections',
  'service_accounts.readers': 'app.closed_collections',
}

/** Uniqueness across organizations on tenant tables, each with the reason why it tells nobody anything. */
export const globalUniqueness: Readonly<Record<string, string>> = {
  'api_keys.api_keys_key_hash_key':
    'a key is found by its hash before its organization is known; keys hold 256 random bits',
  'sign_in_domains.sign_in_domains_verified':
    'one organization has a domain; who is told that another has it has just shown to control its DNS',
  'invitations.invitations_token_hash_key':
    'an invitation is found by its hash before its organization is known; its link holds 256 random bits',
}

export function tenantTables(catalog: Catalog): Table[] {
  return catalog.tables.filter((table) => !(table.name in outsideTheWall))
}
