import { expect, test } from 'vitest'
import { declaredReasons, otherBypasses, systemTransactions } from './support/architecture/find-bypasses.ts'
import { production, readSources } from './support/architecture/source-file.ts'

const sources = await readSources()

/** Everywhere the program looks across organizations. A new line here is a decision: it is read in a review. */
const expected = [
  // Finding the person, the organization or the key that a request belongs to, before there is a tenant.
  'modules/api-keys/authenticate-api-key.ts authenticate',
  'modules/identity/account-tx.ts authenticate',
  'modules/identity/actions/switch-organization.ts authenticate',
  'modules/identity/identity.ts authenticate',
  'modules/identity/identity.ts authenticate',
  'modules/identity/refresh-tokens.ts authenticate',
  'modules/identity/refresh-tokens.ts authenticate',
  'modules/identity/token-signer.ts authenticate',
  'modules/identity/token-signer.ts authenticate',
  // A person's own list of organizations, and one that does not exist yet.
  'modules/organizations/actions/create-organization.ts create-organization',
  'modules/organizations/directory.ts memberships-of-person',
  'modules/organizations/routes.ts memberships-of-person',
  // Whose people an address's domain belongs to, before there is a tenant, and whether they may come by a password.
  'modules/single-sign-on/actions/begin-sign-in.ts single-sign-on',
  'modules/single-sign-on/actions/finish-sign-in.ts single-sign-on',
  'modules/single-sign-on/sign-in-policy.ts single-sign-on',
  'modules/single-sign-on/sign-in-policy.ts single-sign-on',
  'modules/single-sign-on/sign-in-policy.ts single-sign-on',
  // People are found by their address across organizations: they are invited by it.
  'modules/organizations/routes.ts add-person-by-email',
  // Whoever holds an invitation is no member yet, or nobody: the letter says which invitation, not which organization.
  'modules/organizations/actions/accept-invitation.ts accept-invitation',
  'modules/organizations/actions/look-up-invitation.ts accept-invitation',
  // Nobody acts in a deleted organization: its owners take the deletion back from outside.
  'modules/organizations/actions/restore-organization.ts restore-organization',
  // What killed processes left behind is found for all organizations, and finished in each one's own transaction.
  'modules/assistants/actions/recover-runs.ts recover-after-restart',
  'modules/budgets/node-leases.ts recover-after-restart',
  'modules/conversations/actions/recover-answers.ts recover-after-restart',
  'modules/gateway/actions/recover-calls.ts recover-after-restart',
  'modules/knowledge/actions/recover-documents.ts recover-after-restart',
  // Books are closed for the whole installation, verified by who runs it, corrected in all organizations, and put beside
  // what providers charge.
  'modules/ledger/actions/adjust-usage.ts operate',
  'modules/ledger/actions/adjust-usage.ts operate',
  'modules/ledger/actions/adjust-usage.ts operate',
  'modules/ledger/actions/begin-correction.ts operate',
  'modules/ledger/actions/begin-correction.ts operate',
  'modules/ledger/actions/close-books.ts operate',
  'modules/ledger/actions/close-books.ts operate',
  'modules/ledger/actions/close-books.ts operate',
  'modules/ledger/actions/compare-costs.ts operate',
  'modules/ledger/actions/verify-books.ts operate',
  'modules/ledger/actions/verify-books.ts operate',
  'modules/ledger/adjustment-routes.ts operate',
  'modules/ledger/comparison-routes.ts operate',
  // Credits that have expired, of every organization.
  'modules/credits/actions/expire-credits.ts operate',
  // Prices are of the installation, like the providers that ask them.
  'modules/gateway/actions/keep-prices.ts operate',
  // Whoever queued a call, by their key or membership as it is when it runs.
  'modules/queued-calls/actions/recall-caller.ts authenticate',
  // What assistants would change and nobody decided about in time, of every organization.
  'modules/assistants/actions/expire-approvals.ts operate',
  // Queued calls and secrets whose time is up, of every organization.
  'modules/queued-calls/jobs.ts operate',
  // Sessions and tokens that have run out, of everybody.
  'modules/identity/jobs.ts operate',
  // Stored responses whose time is up, of every organization.
  'modules/gateway/jobs.ts operate',
  // Organizations that can be restored no more, and invitations that ran out long ago, of everybody.
  'modules/organizations/actions/erase-organizations.ts operate',
  'modules/organizations/actions/erase-organizations.ts operate',
  'modules/organizations/actions/erase-organizations.ts operate',
  // Readers of events come by once for all organizations.
  'platform/events/event-relay.ts relay-events',
  'platform/events/event-relay.ts relay-events',
  'platform/events/event-relay.ts relay-events',
  // The commands of whoever runs the installation.
  'modules/organizations/operate-organizations.ts operate',
  'modules/organizations/operate-organizations.ts operate',
  'modules/organizations/operate-organizations.ts operate',
  // The FREEHOLD_INIT_* settings.
  'app/first-start.ts first-start',
  'app/first-start.ts first-start',
  'app/first-start.ts first-start',
  // A request may be repeated before it has a tenant, as a sign-up.
  'platform/idempotency/jobs.ts repeat-request',
  'platform/idempotency/repeat-guard.ts repeat-request',
  'platform/idempotency/repeat-guard.ts repeat-request',
  'platform/idempotency/repeat-guard.ts repeat-request',
  'platform/idempotency/repeat-guard.ts repeat-request',
  'platform/idempotency/repeat-guard.ts repeat-request',
  'platform/idempotency/repeat-guard.ts repeat-request',
  // Mail goes to anybody, and its outbox belongs to the installation.
  'platform/mail/outbox-mailer.ts send-mail',
  'platform/mail/outbox-mailer.ts send-mail',
  'platform/mail/outbox-mailer.ts send-mail',
]

/** Statements that do not come out of `withTenant` or `systemTx`. */
const expectedOtherWays = [
  // The proof of isolation plays tenants whose claims the program would never send, and looks at both sides of the wall.
  'app/doctor/database/isolation-proof.ts changes the role',
  'app/doctor/database/run-as.ts changes the role',
  'app/doctor/database/run-as.ts database.drizzle',
  'app/doctor/database/run-as.ts makes a Tx',
  'app/doctor/http/resource-ids.ts database.query',
  'app/doctor/prove-isolation.ts database.query',
  'app/doctor/throw-away.ts database.query',
  'app/doctor/http/set-stage.ts database.query',
  // Whether the schema is current, and whether the database answers.
  'app/open-database.ts database.query',
  'app/open-platform.ts database.query',
  // Opens what withTenant and systemTx ask for, past an organization's share of the connections.
  'modules/gateway/money-gate.ts database.transaction',
  // The credential engine's own tables hold people, who belong to no organization.
  'modules/identity/adapters/credential-engine.ts database.drizzle',
  'platform/db/pglite-database.ts changes the role',
  'platform/db/transactions.ts changes the role',
  'platform/db/transactions.ts database.transaction',
  'platform/db/transactions.ts makes a SystemTx',
  'platform/db/transactions.ts makes a TenantTx',
  // The queue's tables belong to the server; a job is sent in the tenant's own transaction.
  'platform/jobs/job-queue.ts changes the role',
  'platform/jobs/job-queue.ts database.execute',
  'platform/jobs/job-queue.ts database.query',
  // The list of server processes belongs to no organization.
  'platform/nodes/node-registry.ts database.query',
]

test('systemTx is used where the list says, for the reasons it says', () => {
  expect(systemTransactions(production(sources)).sort()).toEqual([...expected].sort())
})

test('there is no other way across organizations than the listed ones', () => {
  expect(otherBypasses(sources).sort()).toEqual([...expectedOtherWays].sort())
})

test('every declared reason is used, if only by a test', () => {
  const used = new Set(systemTransactions(sources).map((one) => one.split(' ')[1]))
  expect(declaredReasons(sources).filter((reason) => !used.has(reason))).toEqual([])
})

test('a use that is not listed is found, however it is written', () => {
  const planted = (source: string) => [{ path: 'modules/ledger/store.ts', source }]
  expect(systemTransactions(planted(`await systemTx(platform, 'operate', (tx) => find(tx))`))).toEqual([
    'modules/ledger/store.ts operate',
  ])
  expect(systemTransactions(planted(`systemTx({ database, clock }, reason, work)`))).toEqual([
    'modules/ledger/store.ts (a reason that is not written out)',
  ])
  expect(
    systemTransactions(planted(`import { systemTx as quickly } from '../../platform/db/transactions.ts'`)),
  ).toEqual(['modules/ledger/store.ts renames systemTx'])
  expect(systemTransactions(planted(`// systemTx(platform, 'operate', …) would be wrong here`))).toEqual([])
  for (const source of [
    'await platform.database.query("select 1")',
    'await database.drizzle.select()',
    "await tx.execute(sql`select set_config('role', 'freehold_app', true)`)",
    'await tx.execute(sql`SET LOCAL ROLE freehold_app`)',
    'const tx = raw as unknown as TenantTx',
  ]) {
    expect(otherBypasses(planted(source)), source).toHaveLength(1)
  }
  expect(
    declaredReasons(
      planted(`export type SystemReason =\n  | 'one' // why\n  | 'two'\n\nexport function f() {}`),
    ),
  ).toEqual(['one', 'two'])
})
