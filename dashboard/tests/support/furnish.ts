import { makeHouseRules } from '../../../examples/demo/house-rules.ts'
import { makePdf } from '../../../server/src/testing/make-documents.ts'
import type { Document, Page, Passage } from '../../../server/tests/acceptance/support/contract.ts'
import type { Person } from '../../../server/tests/acceptance/support/person.ts'
import { confirmAddress } from './letters.ts'

/** What stands in a furnished organization, to make addresses from. */
export interface Furnished {
  documentId: string
  passageId: string
  conversationId: string
  citedPassageId: string
  shareId: string
  requestId: string
  auditEntryId: string
  searchWords: string
  roleId: string
  serviceAccountId: string
  aliasId: string
  letterId: string
  /** With three versions, of which the third is tried. */
  promptId: string
  /** Path and fragment of the link in the letter. */
  invitation: string
}

const handbook = `# Night shift

The night shift begins at 22:15. The shift supervisor hands over the red folder in room 7.

## Handover

Open faults are read out one by one. What was not repaired is written into the red folder with the hour.

## Visitors

Visitors sign the book at the gate and wear a helmet. Nobody walks alone beside the settling tanks after dark.
`

export const questions = [
  'When does the night shift begin, and who hands over the red folder?',
  'How much notice must a tenant give before moving out?',
  'What must be reported to the laboratory technician?',
] as const

/**
 * Gives an organization what a month of work leaves behind: documents read and refused, answers, keys, a budget, a
 * colleague. The owner is the first person of the installation.
 */
export async function furnish(owner: Person, colleague: Person): Promise<Furnished> {
  const organizationId = owner.session.organization?.id ?? ''
  await confirmAddress(owner, owner)
  const handbookId = (await upload(owner, 'night-shift.md', handbook)).id
  const read = await Promise.all([
    upload(owner, 'house-rules.pdf', await makeHouseRules()),
    upload(owner, 'water-works-handbook.pdf', await makePdf({ pages: 4 })),
    upload(owner, 'supplier-contract-2026.pdf', await makePdf({ pages: 1, userPassword: 'secret' })),
  ])
  await Promise.all([handbookId, ...read.map(({ id }) => id)].map((id) => owner.untilRead(id)))
  const answers = []
  for (const question of questions) answers.push((await owner.ask(question)).body)

  const organization = `/api/v1/organizations/${organizationId}`
  const role = await must<{ id: string }>(owner, 'POST', `${organization}/roles`, {
    name: 'Night shift',
    description: 'Reads the handbook and asks',
    permissions: ['read:users', 'read:documents', 'read:conversations', 'write:conversations'],
  })
  const account = await must<{ id: string }>(owner, 'POST', '/api/v1/service-accounts', {
    name: 'Website',
    description: 'Answers the questions of visitors',
    customRoleId: role.id,
  })
  const project = await must<{ id: string }>(owner, 'POST', '/api/v1/projects', {
    name: 'Night watch',
    description: 'Answers while everybody sleeps',
  })
  await must(owner, 'POST', '/api/v1/api-keys', {
    name: 'Website backend',
    projectId: project.id,
    serviceAccountId: account.id,
    scopes: ['read:documents'],
    allowedIps: ['203.0.113.0/24'],
    requestsPerMinute: 600,
  })
  const rotated = await must<{ id: string }>(owner, 'POST', '/api/v1/api-keys', { name: 'Nightly report' })
  await must(owner, 'POST', `/api/v1/api-keys/${rotated.id}/rotate`, {})
  const old = await must<{ id: string }>(owner, 'POST', '/api/v1/api-keys', { name: 'Old importer' })
  await must(owner, 'DELETE', `/api/v1/api-keys/${old.id}`)
  const budget = { limitUsd: '25.00', window: 'month', hard: true }
  await must(owner, 'PUT', '/api/v1/budgets/organization', budget)
  const member = { email: colleague.email, role: 'member' }
  await must(owner, 'POST', `/api/v1/organizations/${organizationId}/members`, member)
  const ofColleague = { userId: colleague.session.user.id, limitUsd: '5.00', window: 'week', hard: false }
  await must(owner, 'POST', '/api/v1/budgets', ofColleague)
  const ofNights = { apiKeyId: rotated.id, tag: 'nightly', limitUsd: '0.50', window: 'day' }
  await must(owner, 'POST', '/api/v1/budgets', { ...ofNights, timeZone: 'Europe/Berlin' })

  const models = await must<Page<{ id: string; kind: string }>>(owner, 'GET', '/api/v1/models')
  const chat = models.data.filter(({ kind }) => kind === 'chat').map(({ id }) => id)
  const alias = await must<{ id: string }>(owner, 'POST', '/api/v1/model-aliases', {
    name: 'fast',
    description: 'Short answers in the app',
    strategy: 'fastest',
    targets: chat.map((model) => ({ model, timeoutMs: 5_000 })),
  })
  await must(owner, 'POST', '/api/v1/provider-keys', {
    provider: 'water-works',
    name: 'The server in the basement',
    key: 'sk-of-the-basement-4711',
    baseUrl: 'https://models.water-works.example/v1',
    models: ['llama-3.3-70b'],
    requestsPerMinute: 120,
  })

  await must(owner, 'POST', `${organization}/invitations`, { email: 'linus@example.com', role: 'guest' })
  // Belonging to this organization alone, the colleague signs in to it.
  const own = colleague.session.organization
  await must(colleague, 'DELETE', `/api/v1/organizations/${own?.id}`, { confirm: own?.slug })

  await must(owner, 'POST', '/api/v1/sign-in/domains', { domain: 'water-works.example' })
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
  await must(owner, 'POST', '/scim/v2/Groups', { schemas, displayName: 'Night engineers' })

  const promptId = await furnishPrompts(owner)

  const outbox = await must<Page<{ id: string; to: string; text: string }>>(owner, 'GET', '/api/v1/outbox')
  const letter = outbox.data.find(({ to }) => to === 'linus@example.com')

  const passages = await must<Page<Passage>>(owner, 'GET', `/api/v1/documents/${handbookId}/passages`)
  const activity = await must<Page<{ id: string }>>(owner, 'GET', '/api/v1/activity')
  const first = answers[0]?.message
  const sharePath = `/api/v1/conversations/${first?.conversationId}/share`
  const share = await must<{ id: string }>(owner, 'POST', sharePath)
  return {
    documentId: handbookId,
    passageId: passages.data[0]?.id ?? '',
    conversationId: first?.conversationId ?? '',
    citedPassageId: first?.citations[0]?.passageId ?? '',
    shareId: share.id,
    requestId: first?.receipt?.requestId ?? '',
    auditEntryId: activity.data[0]?.id ?? '',
    searchWords: 'red folder',
    roleId: role.id,
    serviceAccountId: account.id,
    aliasId: alias.id,
    promptId,
    letterId: letter?.id ?? '',
    invitation: /\/invitation#token=[\w-]+/.exec(letter?.text ?? '')?.[0] ?? '',
  }
}

async function upload(person: Person, name: string, content: string | Uint8Array): Promise<Document> {
  const { status, body } = await person.upload(name, content)
  if (status !== 202) throw new Error(`Uploading ${name} answered ${status}.`)
  return body
}

async function must<Body>(person: Person, method: string, path: string, body?: unknown): Promise<Body> {
  const reply = await person.call<Body>(method, path, body)
  if (reply.status >= 400)
    throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
  return reply.body
}

/** A prompt with a past and a canary, and one in another folder. */
async function furnishPrompts(owner: Person): Promise<string> {
  const texts = [
    'You write for {{company}}. Answer the letter below in at most ten sentences.\n\nSign as the service team.',
    'You write for {{company}}. Answer the letter below in at most five sentences: friendly and exact.\n\nSign as the service team.',
    'You write for {{company}}. Answer the letter below in at most five sentences: friendly, exact, without promises.\n\nAsk back when something is unclear. Sign as {{signature}}.',
  ]
  const [first, ...more] = texts.map((content, place) => ({
    messages: [
      { role: 'system', content },
      { role: 'user', content: 'Letter:\n\n{{letter}}' },
    ],
    variables: [{ name: 'company', default: 'Water works', description: 'As it is called in letters' }],
    parameters: { temperature: 0.3 },
    note: ['The first.', 'Shorter.', 'No promises, and asks back when something is unclear.'][place],
  }))
  const prompts = '/api/v1/prompts'
  const about = { folder: 'support', description: 'Drafts an answer to a letter, in the tone of the house.' }
  const made = await must<{ id: string }>(owner, 'POST', prompts, {
    name: 'reply-to-customer',
    ...about,
    version: first,
    labels: ['production'],
  })
  const path = `${prompts}/${made.id}`
  for (const version of more) await must(owner, 'POST', `${path}/versions`, version)
  await must(owner, 'PUT', `${path}/labels/staging`, { version: 3 })
  await must(owner, 'PUT', `${path}/labels/production`, { version: 2 })
  await must(owner, 'PUT', `${path}/labels/production`, { version: 2, canary: { version: 3, percent: 20 } })
  await must(owner, 'POST', prompts, {
    name: 'sort-the-night-log',
    folder: 'works/night',
    version: { messages: [{ role: 'system', content: 'Sort the entries of the night by urgency.' }] },
  })
  return made.id
}
