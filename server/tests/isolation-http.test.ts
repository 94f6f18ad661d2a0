import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { show } from '../src/app/doctor/http/compare-answers.ts'
import * as matrix from '../src/app/doctor/http/matrix.ts'
import { documentOf, type Operation, operationsOf } from '../src/app/doctor/http/operations.ts'
import { openProofApp, type ProofApp } from '../src/app/doctor/http/proof-app.ts'
import { globalResources, samples } from '../src/app/doctor/http/samples.ts'
import { type Answer, send } from '../src/app/doctor/http/send.ts'
import { endsStage, setStage } from '../src/app/doctor/http/set-stage.ts'
import type { Stage } from '../src/app/doctor/http/stage.ts'
import { fieldsFor, isGood, ownerHeaders, requestFor } from '../src/app/doctor/http/world.ts'
import { buildApp } from '../src/app/server.ts'
import { createMemoryPlatform, type TestPlatform } from '../src/testing/memory-platform.ts'
import { testDatabase } from '../src/testing/test-database.ts'
import { misshapenAnswers } from './support/http/answer-shapes.ts'
import { leakyRoutes } from './support/http/leaky-routes.ts'

/**
 * The matrix: every operation of the OpenAPI document × everybody who must not get through. Requests are made from
 * the document, and proved good by the organization's own owner, so that a refusal is one of authorization. A new
 * operation is in it by being in the document; one that cannot be called fails the first test by its name.
 */
let platform: TestPlatform
let on: ProofApp
let stage: Stage
let victimAnswers: Map<Operation, Answer>
let strangerAnswers: Map<Operation, Answer>

// Every operation is called by two owners here: on a busy machine that takes its time.
beforeAll(async () => {
  // Nobody answers there, so that no domain is asked for.
  platform = await createMemoryPlatform(await testDatabase(), { FREEHOLD_DNS_SERVERS: '127.0.0.1:9' })
  on = await openProofApp(platform)
  const set = await setStage(on, { fill: 'all' })
  stage = set.stage
  victimAnswers = set.victimAnswers
  strangerAnswers = set.strangerAnswers
}, 240_000)
afterAll(async () => {
  await on.close()
  await platform.dispose()
})

describe('every operation × everybody', () => {
  test('can be called by its owner, with requests made from the document alone', () => {
    expect(stage.operations.length).toBeGreaterThan(40)
    const failed = [...victimAnswers, ...strangerAnswers].filter(
      ([operation, answer]) => !isGood(operation, answer),
    )
    expect(failed.map(([operation, answer]) => `${operation.key}: ${show(answer)}`)).toEqual([])
  })

  test('the canary is where it should be: its owner is shown it', () => {
    const shown = [...victimAnswers].filter(([, answer]) => answer.text.includes(stage.victim.canary))
    expect(shown.map(([operation]) => operation.key)).toEqual(
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

  test('every route of the program is in the document, but for pages and what runs for every request', () => {
    expect(matrix.undocumentedRoutes(stage)).toEqual([])
    const routes = stage.app.routes.map((route) => `${route.method} ${route.path}`)
    expect(matrix.pagesAndMiddleware.filter((route) => !routes.includes(route))).toEqual([])
  })

  test('without credentials everything that is not public answers 401', async () => {
    expect(await matrix.nobodyGetsIn(stage)).toEqual([])
  })

  test('a revoked key, a forged token and a header that is no token answer 401', async () => {
    expect(await matrix.badCredentialsGetNobodyIn(stage)).toEqual([])
  })

  test('whoever lacks the permission gets 403, and whoever has it does not', async () => {
    expect(await matrix.rolesGetWhatTheyMay(stage)).toEqual([])
  })

  test('another organization’s ids in a path answer exactly as ids that do not exist', async () => {
    expect(stage.operations.filter(matrix.namesTenantResource).length).toBeGreaterThan(15)
    expect(await matrix.foreignPathsAreUnknown(stage)).toEqual([])
  })

  test('another organization’s ids in a body or a query answer exactly as ids that do not exist', async () => {
    expect(matrix.foreignFields(stage)).toEqual(
      expect.arrayContaining([
        'post /api/v1/auth/switch organizationId',
        'post /api/v1/documents collectionId',
        'get /api/v1/documents collectionId',
        'post /api/v1/search documentIds',
        'post /api/v1/messages conversationId',
      ]),
    )
    expect(await matrix.foreignFieldsAreUnknown(stage)).toEqual([])
  })

  test('what the samples say is said of operations that exist', () => {
    const keys = stage.operations.map((operation) => operation.key)
    expect(Object.keys(samples).filter((key) => !keys.includes(key))).toEqual([])
  })

  test('the exceptions for global resources are still needed', () => {
    const segments = stage.operations
      .filter((one) => !matrix.namesTenantResource(one))
      .flatMap((one) => one.path.split('/'))
    expect(Object.keys(globalResources).filter((name) => !segments.includes(name))).toEqual([])
  })

  test('a cookie is refused to pages of another site where something would change', async () => {
    expect(await matrix.foreignPagesChangeNothing(stage)).toEqual([])
  })

  test('a colleague of the same organization does not see another’s conversations', async () => {
    expect(await matrix.colleaguesReadNoConversations(stage)).toEqual([])
  })

  test('no answer to anybody else held the victim’s canary or address', () => {
    expect(stage.seen.length).toBeGreaterThan(500)
    expect(matrix.canariesTold(stage)).toEqual([])
  })

  test('every status that was answered is documented, and none is a failure of the server', () => {
    const own = [...victimAnswers].map(([operation, answer]) => ({ who: 'the owner', operation, answer }))
    expect(matrix.undocumentedStatuses([...stage.seen, ...own])).toEqual([])
  })

  test('every answer has the shape its route declares, and no field beside it', () => {
    const own = [...victimAnswers].map(([operation, answer]) => ({ who: 'the owner', operation, answer }))
    const routes = on.modules.flatMap((module) => module.routes ?? [])
    expect(misshapenAnswers(routes, [...stage.seen, ...own])).toEqual([])
  })
})

describe('the matrix finds a route that', () => {
  /** The same stage over an application with one bad route, and that route as its only operation. */
  function stageWith(mistake: string): Stage {
    const route = leakyRoutes(stage.database)[mistake]
    if (!route) throw new Error(`There is no route that ${mistake}.`)
    const app = buildApp(
      on.platform,
      [...on.modules, { name: 'leaks', routes: [route] }],
      new AbortController().signal,
    )
    const operations = operationsOf(documentOf(app)).filter(
      (operation) => operation.path === route.contract.path,
    )
    return { ...stage, app, operations, seen: [] }
  }

  const finds: [string, matrix.Check][] = [
    ['reads across organizations', matrix.foreignPathsAreUnknown],
    ['tells that the thing exists', matrix.foreignPathsAreUnknown],
    ['tells by a header that the thing exists', matrix.foreignPathsAreUnknown],
    ['tells that an id in a body exists', matrix.foreignFieldsAreUnknown],
    ['tells that an id in a query exists', matrix.foreignFieldsAreUnknown],
    ['needs more than it declares', matrix.rolesGetWhatTheyMay],
    ['is public and asks for credentials', matrix.nobodyGetsIn],
  ]
  test.each(finds)('%s', async (mistake, check) => {
    const found = await check(stageWith(mistake))
    expect(found).not.toEqual([])
  })

  test('lists across organizations', async () => {
    const leaky = stageWith('lists across organizations')
    await matrix.rolesGetWhatTheyMay(leaky)
    expect(matrix.canariesTold(leaky)).not.toEqual([])
  })

  test('breaks down', async () => {
    const leaky = stageWith('breaks down')
    await matrix.rolesGetWhatTheyMay(leaky)
    expect(matrix.undocumentedStatuses(leaky.seen)).toEqual(['get /leaks/broken 500'])
  })

  test('shows a field that its contract does not name, or leaves one out', () => {
    const routes = on.modules.flatMap((module) => module.routes ?? [])
    const [operation, answer] = [...victimAnswers].find(([one]) => one.key === 'get /api/v1/budgets') ?? []
    if (!operation || !answer) throw new Error('The answer is gone.')
    const body = (text: string) => [{ who: 'the owner', operation, answer: { ...answer, text } }]
    expect(misshapenAnswers(routes, body(answer.text))).toEqual([])
    expect(misshapenAnswers(routes, body('{"data": [], "nextCursor": null, "total": 0}'))).toHaveLength(1)
    expect(misshapenAnswers(routes, body('{"data": []}'))).toHaveLength(1)
  })

  test('is in no document', () => {
    const { app, operations } = stageWith('breaks down')
    expect(matrix.undocumentedRoutes({ app, operations: operations.slice(1) })).toContain('GET /leaks/broken')
  })

  test('cannot be called', async () => {
    const operation = stage.operations.find((one) => one.key === 'get /api/v1/documents/{id}')
    if (!operation) throw new Error('The operation is gone.')
    const unknown = { ...operation, key: 'get /api/v1/surprises/{id}', path: '/api/v1/surprises/{id}' }
    await expect(requestFor(unknown, () => stage.victim.ids, { text: '' })).rejects.toThrow(/surprises/)
    const body = { mediaType: 'application/xml', schema: {} }
    await expect(requestFor({ ...operation, body }, () => stage.victim.ids, { text: '' })).rejects.toThrow(
      operation.key,
    )
  })
})

test('after all this, what the owner removes was still there', async () => {
  const { victim, operations } = stage
  const problems: string[] = []
  // A session to end beside the one that asks.
  const { email, password } = victim.owner
  const signedIn = await on.app.request('http://localhost/api/v1/auth/signin', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  expect(signedIn.status).toBe(200)
  const ids = ({ path }: Operation) => path.split('{').length
  const endsAccount = ({ key }: Operation) => key === 'delete /api/v1/user/account'
  for (const operation of [
    // One of a kind before all of them, and what ends more after that. The account stays: its organization needs it.
    ...operations
      .filter((one) => one.method === 'delete' && !endsStage(one))
      .sort((one, other) => ids(other) - ids(one)),
    ...operations.filter((one) => one.method === 'delete' && endsStage(one) && !endsAccount(one)),
    ...operations.filter((one) => one.method !== 'delete' && endsStage(one)),
  ]) {
    const fields = await fieldsFor(victim, operation)
    const request = await requestFor(operation, () => victim.ids, { text: '', fields })
    const answer = await send(on.app, request, ownerHeaders(victim, operation))
    if (!isGood(operation, answer)) problems.push(`${operation.key}: ${show(answer)}`)
  }
  expect(problems).toEqual([])
})
