import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../src/testing/test-app.ts'
import { readCatalog } from './support/database/catalog.ts'
import { inOrderOfKeys, insertOf, makeRow } from './support/database/make-rows.ts'
import { asSystem } from './support/database/run-as.ts'
import { castOf, mayCall, type Member } from './support/http/cast.ts'
import { show, withoutChance } from './support/http/compare-answers.ts'
import { asJson, documentOf, type Operation, operationsOf } from './support/http/operations.ts'
import { globalResources, idsOf, lastFrom, randomIds, resourceOfField, resourceOfParameter } from './support/http/resource-ids.ts'
import { idFieldsOf, sampleOf } from './support/http/sample-value.ts'
import { type Answer, bearer, createTenant, fieldsFor, requestFor, send, type SentRequest, type Tenant, useEverything } from './support/http/world.ts'

/**
 * The matrix: every operation of the OpenAPI document × everybody who must not get through. Requests are made from
 * the document, and proved good by the organization's own owner, so that a refusal is one of authorization. A new
 * operation is in it by being in the document; one that cannot be called fails the first test by its name.
 */
let on: TestApp
let operations: Operation[]
/** Owns what nobody else may see. */
let victim: Tenant
/** Owner of another organization, with data of the same kind and the same words. */
let stranger: Tenant
let cast: { members: Member[]; revokedKey: string; cookie: string }
let victimAnswers: Map<Operation, Answer>
let strangerAnswers: Map<Operation, Answer>
/** Every answer that anybody but the victim was given. */
const seen: { who: string; operation: Operation; answer: Answer }[] = []

const endsSession = (operation: Operation) => operation.key === 'post /api/v1/auth/signout'
const lasting = (operation: Operation) => operation.method !== 'delete' && !endsSession(operation)

beforeAll(async () => {
  on = await createTestApp()
  operations = operationsOf(documentOf(on.app))
  victim = await createTenant(on, 'Victim')
  victimAnswers = await useEverything(on, victim, operations.filter(lasting))
  await fillEmptyTables(victim)
  stranger = await createTenant(on, 'Stranger')
  strangerAnswers = await useEverything(on, stranger, operations.filter(lasting))
  for (const [operation, answer] of strangerAnswers) seen.push({ who: 'the stranger', operation, answer })
  cast = await castOf(on, stranger)
}, 60_000)
afterAll(() => on.dispose())

/** Gives the victim a row with its canary in every table that no request has filled. */
async function fillEmptyTables(tenant: Tenant): Promise<void> {
  const { database } = on.platform
  const { organizationId, userId } = tenant.owner
  const catalog = await readCatalog((text) => database.query(text))
  const plan = { organizationId, userId, mark: tenant.canary, ids: new Map<string, string>(), count: 1 }
  await asSystem(database, async (query) => {
    for (const table of inOrderOfKeys(catalog)) {
      const [row] = await query(`select * from freehold.${table.name} where organization_id = '${organizationId}' limit 1`)
      if (!row) await query(insertOf(table.name, makeRow(catalog, table, plan)))
      else for (const [column, value] of Object.entries(row)) plan.ids.set(`${table.name}.${column}`, String(value))
    }
  })
}

async function ask(who: string, operation: Operation, request: SentRequest, headers: Record<string, string>): Promise<Answer> {
  const answer = await send(on, request, headers)
  seen.push({ who, operation, answer })
  return answer
}

/** A good request with ids that nobody has. */
function strangeRequest(operation: Operation): Promise<SentRequest> {
  const fields = fieldsFor(stranger)[operation.key] ?? {}
  return requestFor(operation, () => randomIds, { text: stranger.canary, fields })
}

function codeOf(answer: Answer): unknown {
  const error = asJson(asJson(JSON.parse(answer.text)).error)
  return error.code
}

test('every operation of the document can be called, by requests made from it alone', () => {
  expect(operations.length).toBeGreaterThan(40)
  const failed = [...victimAnswers, ...strangerAnswers].filter(([, answer]) => answer.status >= 300)
  expect(failed.map(([operation, answer]) => `${operation.key}: ${show(answer)}`)).toEqual([])
})

test('the canary is where it should be: its owner is shown it', () => {
  const shown = [...victimAnswers].filter(([, answer]) => answer.text.includes(victim.canary)).map(([operation]) => operation.key)
  expect(shown).toEqual(
    expect.arrayContaining([
      'get /api/v1/auth/session',
      'get /api/v1/organizations/{id}',
      'get /api/v1/organizations/{id}/members',
      'get /api/v1/api-keys',
      'get /api/v1/activity',
      'get /api/v1/collections',
      'get /api/v1/documents',
      'get /api/v1/documents/{id}/file',
      'get /api/v1/documents/{id}/passages',
      'post /api/v1/search',
      'get /api/v1/conversations',
      'get /api/v1/conversations/{id}/messages',
      'get /api/v1/messages/{id}/stream',
    ]),
  )
})

test('every route of the program is in the document', () => {
  const documented = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`))
  const others = on.app.routes.map((route) => `${route.method} ${route.path}`).filter((route) => !documented.has(route))
  // Pages, the document itself, and what runs for every request.
  expect([...new Set(others)].sort()).toEqual([
    'ALL /*',
    'GET /*',
    'GET /assets/*',
    'GET /docs',
    'GET /docs/reference.js',
    'GET /openapi.json',
    'OPTIONS /*',
  ])
})

test('without credentials every operation that is not public answers 401', async () => {
  const problems: string[] = []
  for (const operation of operations) {
    const answer = await ask('nobody', operation, await strangeRequest(operation), {})
    if (operation.access === 'public') {
      if (codeOf(answer.status < 400 ? { ...answer, text: '{}' } : answer) === 'unauthenticated') problems.push(`${operation.key} is public and asks for credentials`)
    } else if (answer.status !== 401 || codeOf(answer) !== 'unauthenticated') problems.push(`${operation.key}: ${show(answer)}`)
  }
  expect(problems).toEqual([])
})

test('a revoked key, a forged token and a header that is no token answer 401', async () => {
  const [header = '', claims = ''] = victim.owner.token.split('.')
  const unsigned = `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')}.${claims}.`
  const credentials = {
    'a revoked key': bearer(cast.revokedKey),
    'a revoked key as x-api-key': { 'x-api-key': cast.revokedKey },
    'an unsigned token': bearer(unsigned),
    'a token signed by nobody': bearer(`${header}.${claims}.${'A'.repeat(86)}`),
    'a made-up key': bearer(`fh_${'a'.repeat(43)}`),
    'another scheme': { authorization: `Basic ${Buffer.from('victim:password').toString('base64')}` },
  }
  const problems: string[] = []
  for (const operation of operations.filter((one) => one.access !== 'public')) {
    for (const [who, headers] of Object.entries(credentials)) {
      const answer = await ask(who, operation, await strangeRequest(operation), headers)
      if (answer.status !== 401) problems.push(`${operation.key} with ${who}: ${show(answer)}`)
    }
  }
  expect(problems).toEqual([])
})

test('whoever lacks the permission gets 403, and whoever has it does not', async () => {
  const problems: string[] = []
  for (const operation of operations.filter((one) => one.access !== 'public')) {
    for (const member of cast.members) {
      const allowed = mayCall(member, operation)
      // What is allowed is tried where it changes nothing.
      if (allowed && operation.method !== 'get') continue
      const answer = await ask(member.name, operation, await strangeRequest(operation), member.headers)
      const refused = answer.status === 403 && codeOf(answer) === 'forbidden'
      if (refused === allowed) problems.push(`${operation.key} as ${member.name}: ${show(answer)}`)
    }
  }
  expect(problems).toEqual([])
})

/** What a stranger might add to a request to be taken for the victim. */
function disguise(): Record<string, string> {
  return {
    'x-organization-id': victim.owner.organizationId,
    'x-tenant-id': victim.owner.organizationId,
    'x-org-id': victim.owner.organizationId,
    'x-user-id': victim.owner.userId,
    'x-role': 'owner',
    'x-forwarded-user': victim.owner.email,
    'x-original-url': '/health/live',
    'x-http-method-override': 'GET',
  }
}

test('another organization’s ids answer exactly as ids that do not exist', async () => {
  const foreign = idsOf(on.platform.database, victim.owner.organizationId)
  const problems: string[] = []
  const strangers = {
    'the stranger': bearer(stranger.owner.token),
    'the stranger in disguise': { ...bearer(stranger.owner.token), ...disguise() },
    'the stranger’s key': cast.members.find((member) => !member.person)?.headers ?? {},
  }
  const withIds = operations.filter((one) => one.path.includes('{') && !namesGlobalResource(one))
  expect(withIds.length).toBeGreaterThan(10)
  for (const operation of withIds) {
    const sample = { text: stranger.canary, fields: fieldsFor(stranger)[operation.key] ?? {} }
    // All ids foreign; and, where there are several, the last alone, below what is the stranger's own.
    const sources = [
      [() => foreign, () => randomIds],
      [lastFrom(foreign, stranger.ids), lastFrom(randomIds, stranger.ids)],
    ] as const
    for (const [theirs, nobodys] of sources.slice(0, operation.path.split('{').length - 1)) {
      for (const [who, headers] of Object.entries(strangers)) {
        const answer = await ask(who, operation, await requestFor(operation, theirs, sample), headers)
        const expected = await ask(who, operation, await requestFor(operation, nobodys, sample), headers)
        if (answer.status !== 404) problems.push(`${operation.key} as ${who}: ${show(answer)}`)
        if (withoutChance(answer) !== withoutChance(expected)) {
          problems.push(`${operation.key} as ${who} tells a foreign id (${show(answer)}) from a random one (${show(expected)})`)
        }
      }
    }
  }
  expect(problems).toEqual([])
})

function namesGlobalResource(operation: Operation): boolean {
  return operation.parameters
    .filter((one) => one.place === 'path')
    .every((one) => resourceOfParameter(operation.path, one.name) === undefined)
}

test('the exceptions for global resources are still needed', () => {
  const segments = operations.filter(namesGlobalResource).flatMap((one) => one.path.split('/'))
  expect(Object.keys(globalResources).filter((name) => !segments.includes(name))).toEqual([])
})

test('another organization’s ids in a body or a query answer exactly as ids that do not exist', async () => {
  const foreign = idsOf(on.platform.database, victim.owner.organizationId)
  const headers = bearer(stranger.owner.token)
  const problems: string[] = []
  let tried = 0
  for (const operation of operations.filter((one) => one.access !== 'public' && lasting(one))) {
    const sample = { text: `zanzibar ${stranger.canary}`, fields: fieldsFor(stranger)[operation.key] ?? {} }
    const base = () => requestFor(operation, () => stranger.ids, sample)
    const attempts: { field: string; request(id: string): Promise<SentRequest> }[] = [
      ...idFieldsOf(operation.body?.schema ?? {}).map(({ name, list }) => ({
        field: name,
        request: async (id: string) => withField(await base(), name, list ? [id] : id),
      })),
      ...operation.parameters
        .filter(({ place, schema }) => place === 'query' && (schema.format === 'uuid' || asJson(schema.items).format === 'uuid'))
        .map(({ name }) => ({
          field: name,
          request: async (id: string) => ({ ...(await base()), path: `${(await base()).path}?${name}=${id}` }),
        })),
    ]
    for (const { field, request } of attempts) {
      tried += 1
      const resource = resourceOfField(field)
      const answer = await ask('the stranger', operation, await request(await foreign.idOf(resource)), headers)
      const expected = await ask('the stranger', operation, await request(await randomIds.idOf(resource)), headers)
      if (answer.status === 400) problems.push(`${operation.key} with ${field}: ${show(answer)}`)
      if (withoutChance(answer) !== withoutChance(expected)) {
        problems.push(`${operation.key} with a foreign ${field}: ${show(answer)}, with a random one: ${show(expected)}`)
      }
    }
  }
  expect(tried).toBeGreaterThanOrEqual(6)
  expect(problems).toEqual([])
})

function withField(request: SentRequest, name: string, value: string | string[]): SentRequest {
  if (!(request.body instanceof FormData)) return { ...request, body: { ...asJson(request.body), [name]: value } }
  const form = new FormData()
  for (const [key, part] of request.body) form.set(key, part)
  form.set(name, String(value))
  return { ...request, body: form }
}

test('a cookie is refused to pages of another site, for every operation that changes something', async () => {
  const problems: string[] = []
  for (const operation of operations.filter((one) => one.access !== 'public')) {
    for (const origin of ['https://evil.example', 'null']) {
      const request = await strangeRequest(operation)
      if (operation.method === 'get') continue
      const answer = await ask('a foreign page', operation, request, { cookie: cast.cookie, origin })
      if (answer.status !== 403) problems.push(`${operation.key} from ${origin}: ${show(answer)}`)
    }
  }
  expect(problems).toEqual([])
})

test('a colleague of the same organization does not see another’s conversations', async () => {
  const member = cast.members.find((one) => one.name === 'admin')
  const problems: string[] = []
  const own = operations.filter((one) => /\/(conversations|messages)\/\{id\}/.test(one.path))
  expect(own.length).toBeGreaterThan(4)
  for (const operation of own) {
    const sample = { text: 'of a colleague' }
    const answer = await ask('an admin', operation, await requestFor(operation, () => stranger.ids, sample), member?.headers ?? {})
    const expected = await ask('an admin', operation, await requestFor(operation, () => randomIds, sample), member?.headers ?? {})
    if (answer.status !== 404 || withoutChance(answer) !== withoutChance(expected)) problems.push(`${operation.key}: ${show(answer)}`)
  }
  expect(problems).toEqual([])
})

test('what the owner removes, and only then, is gone', async () => {
  const problems: string[] = []
  const removing = operations.filter((one) => one.method === 'delete')
  for (const operation of [...removing, ...operations.filter(endsSession)]) {
    const body = operation.body ? { body: sampleOf(operation.body.schema, { text: '' }) } : {}
    const request = { ...(await requestFor({ ...operation, body: undefined }, () => victim.ids, { text: '' })), ...body }
    const answer = await send(on, request, bearer(victim.owner.token))
    if (answer.status !== 204) problems.push(`${operation.key}: ${show(answer)}`)
  }
  expect(problems).toEqual([])
})

test('no answer to anybody else held the victim’s canary or address', async () => {
  expect(seen.length).toBeGreaterThan(500)
  const secrets = [victim.canary, victim.owner.email]
  const told = seen.filter(({ answer }) => secrets.some((secret) => `${answer.text}${JSON.stringify(answer.headers)}`.includes(secret)))
  expect(told.map(({ who, operation, answer }) => `${operation.key} told ${who}: ${show(answer)}`)).toEqual([])
})

test('every status that was answered is documented, and none is a failure of the server', () => {
  const undocumented = [...seen, ...[...victimAnswers].map(([operation, answer]) => ({ who: 'the owner', operation, answer }))]
    .filter(({ operation, answer }) => !operation.statuses.includes(answer.status))
    .map(({ operation, answer }) => `${operation.key} ${answer.status}`)
  expect([...new Set(undocumented)]).toEqual([])
})
