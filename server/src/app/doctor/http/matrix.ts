import { mayCall } from './cast.ts'
import { show, withoutChance } from './compare-answers.ts'
import { asJson, type Operation } from './operations.ts'
import {
  idsOf,
  lastFrom,
  randomIds,
  remembered,
  resourceOfField,
  resourceOfParameter,
} from './resource-ids.ts'
import { idFieldsOf } from './sample-value.ts'
import { bearer, type SentRequest } from './send.ts'
import { ask, codeOf, type Stage, strangeRequest } from './stage.ts'
import { fieldsFor, inOrderOfUse, requestFor } from './world.ts'

/** One column of the matrix over every operation. @returns what is wrong, a sentence each */
export type Check = (stage: Stage) => Promise<string[]>

const guarded = ({ operations }: Stage) => operations.filter((operation) => operation.access !== 'public')

export const nobodyGetsIn: Check = async (stage) => {
  const problems: string[] = []
  for (const operation of stage.operations) {
    const answer = await ask(stage, 'nobody', operation, await strangeRequest(stage, operation), {})
    const refused = answer.status === 401 && codeOf(answer) === 'unauthenticated'
    if (refused === (operation.access === 'public')) problems.push(`${operation.key}: ${show(answer)}`)
  }
  return problems
}

export const badCredentialsGetNobodyIn: Check = async (stage) => {
  const { victim, revokedKey } = stage
  const [header = '', claims = ''] = victim.owner.token.split('.')
  const unsigned = `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')}.${claims}.`
  const credentials = {
    'a revoked key': bearer(revokedKey),
    'a revoked key as x-api-key': { 'x-api-key': revokedKey },
    'an unsigned token': bearer(unsigned),
    'a token signed by nobody': bearer(`${header}.${claims}.${'A'.repeat(86)}`),
    'a made-up key': bearer(`fh_${'a'.repeat(43)}`),
    'another scheme': { authorization: `Basic ${Buffer.from('victim:password').toString('base64')}` },
  }
  const problems: string[] = []
  for (const operation of guarded(stage)) {
    for (const [who, headers] of Object.entries(credentials)) {
      const answer = await ask(stage, who, operation, await strangeRequest(stage, operation), headers)
      if (answer.status !== 401) problems.push(`${operation.key} with ${who}: ${show(answer)}`)
    }
  }
  return problems
}

/** Refused exactly where `x-access` says so. What is allowed is tried where it changes nothing. */
export const rolesGetWhatTheyMay: Check = async (stage) => {
  const problems: string[] = []
  for (const operation of guarded(stage)) {
    for (const member of stage.members) {
      const allowed = mayCall(member, operation)
      if (allowed && operation.method !== 'get') continue
      const answer = await ask(
        stage,
        member.name,
        operation,
        await strangeRequest(stage, operation),
        member.headers,
      )
      const refused = answer.status === 403 && codeOf(answer) === 'forbidden'
      if (refused === allowed) problems.push(`${operation.key} as ${member.name}: ${show(answer)}`)
    }
  }
  return problems
}

/** What a stranger might add to a request to be taken for the victim. */
function disguise({ victim: { owner } }: Stage): Record<string, string> {
  return {
    'x-organization-id': owner.organizationId,
    'x-tenant-id': owner.organizationId,
    'x-org-id': owner.organizationId,
    'x-user-id': owner.userId,
    'x-role': 'owner',
    'x-forwarded-user': owner.email,
    'x-original-url': '/health/live',
    'x-http-method-override': 'GET',
  }
}

/** Whether an operation's path names things of an organization. */
export function namesTenantResource(operation: Operation): boolean {
  return countTenantIds(operation) > 0
}

function countTenantIds({ path, parameters }: Operation): number {
  const ids = parameters.filter(({ place, name }) => place === 'path' && resourceOfParameter(path, name))
  return ids.length
}

/** A path with another organization's ids is answered 404, and as one with ids that do not exist. */
export const foreignPathsAreUnknown: Check = async (stage) => {
  const { stranger } = stage
  const foreign = remembered(idsOf(stage.database, stage.victim.owner.organizationId))
  const token = bearer(stranger.owner.token)
  const strangers = {
    'the stranger': token,
    'the stranger in disguise': { ...token, ...disguise(stage) },
  }
  const key = stage.members.find((member) => !member.person)
  const problems: string[] = []
  // What removes comes last: behind a hole it would remove what the others ask for.
  for (const operation of inOrderOfUse(stage.operations.filter(namesTenantResource))) {
    const sample = { text: stranger.canary, fields: await fieldsFor(stranger, operation) }
    // All ids foreign; and, where there are several, the last alone, below what is the stranger's own.
    const sources = [
      [() => foreign, () => randomIds],
      [lastFrom(foreign, stranger.ids), lastFrom(randomIds, stranger.ids)],
    ] as const
    const callers =
      key && mayCall(key, operation) ? { ...strangers, "the stranger's key": key.headers } : strangers
    for (const [theirs, nobodys] of sources.slice(0, countTenantIds(operation))) {
      for (const [who, headers] of Object.entries(callers)) {
        const answer = await ask(stage, who, operation, await requestFor(operation, theirs, sample), headers)
        const expected = await ask(
          stage,
          who,
          operation,
          await requestFor(operation, nobodys, sample),
          headers,
        )
        // What is for people is closed to a key before any id is looked at.
        const closed = operation.access === 'person' && who === "the stranger's key"
        if (answer.status !== (closed ? 403 : 404))
          problems.push(`${operation.key} as ${who}: ${show(answer)}`)
        if (withoutChance(answer) !== withoutChance(expected)) {
          problems.push(
            `${operation.key} as ${who} tells a foreign id (${show(answer)}) from a random one (${show(expected)})`,
          )
        }
      }
    }
  }
  return problems
}

/** The requests in which an operation takes an id beside its path: in a body, a form or a query. */
function withForeignFields(stage: Stage, operation: Operation) {
  const { stranger } = stage
  const base = async () =>
    requestFor(operation, () => stranger.ids, {
      text: `zanzibar ${stranger.canary}`,
      fields: await fieldsFor(stranger, operation),
    })
  const inBody = idFieldsOf(operation.body?.schema ?? {}).map(({ name, list }) => ({
    field: name,
    request: async (id: string) => withField(await base(), name, list ? [id] : id),
  }))
  const inQuery = operation.parameters
    .filter(
      ({ place, schema }) =>
        place === 'query' && (schema.format === 'uuid' || asJson(schema.items).format === 'uuid'),
    )
    .map(({ name }) => ({
      field: name,
      request: async (id: string): Promise<SentRequest> => {
        const made = await base()
        return { ...made, path: `${made.path}?${name}=${id}` }
      },
    }))
  return [...inBody, ...inQuery]
}

function withField(request: SentRequest, name: string, value: string | string[]): SentRequest {
  if (!(request.body instanceof FormData))
    return { ...request, body: { ...asJson(request.body), [name]: value } }
  const form = new FormData()
  for (const [key, part] of request.body) form.set(key, part)
  form.set(name, String(value))
  return { ...request, body: form }
}

/** Another organization's id in a body or query is answered as one that does not exist. */
export const foreignFieldsAreUnknown: Check = async (stage) => {
  const foreign = remembered(idsOf(stage.database, stage.victim.owner.organizationId))
  const headers = bearer(stage.stranger.owner.token)
  const problems: string[] = []
  for (const operation of guarded(stage)) {
    for (const { field, request } of withForeignFields(stage, operation)) {
      const resource = resourceOfField(field)
      const answer = await ask(
        stage,
        'the stranger',
        operation,
        await request(await foreign.idOf(resource)),
        headers,
      )
      const expected = await ask(
        stage,
        'the stranger',
        operation,
        await request(await randomIds.idOf(resource)),
        headers,
      )
      if (answer.status === 400) problems.push(`${operation.key} with ${field}: ${show(answer)}`)
      if (withoutChance(answer) !== withoutChance(expected)) {
        problems.push(
          `${operation.key} tells a foreign ${field} (${show(answer)}) from a random one (${show(expected)})`,
        )
      }
    }
  }
  return problems
}

/** The fields that `foreignFieldsAreUnknown` tries, to see that there are some. */
export function foreignFields(stage: Stage): string[] {
  return guarded(stage).flatMap((operation) =>
    withForeignFields(stage, operation).map(({ field }) => `${operation.key} ${field}`),
  )
}

/** A browser sends cookies with the requests of any page: from another site they change nothing. */
export const foreignPagesChangeNothing: Check = async (stage) => {
  const problems: string[] = []
  for (const operation of guarded(stage).filter((one) => one.method !== 'get')) {
    for (const origin of ['https://evil.example', 'null']) {
      const headers = { cookie: stage.cookie, origin }
      const answer = await ask(
        stage,
        'a foreign page',
        operation,
        await strangeRequest(stage, operation),
        headers,
      )
      if (answer.status !== 403) problems.push(`${operation.key} from ${origin}: ${show(answer)}`)
    }
  }
  return problems
}

/** Conversations are their owner's alone: an admin of the same organization is told that they do not exist. */
export const colleaguesReadNoConversations: Check = async (stage) => {
  const headers = stage.members.find((member) => member.name === 'admin')?.headers ?? {}
  const problems: string[] = []
  for (const operation of stage.operations.filter((one) =>
    /\/(conversations|messages)\/\{id\}/.test(one.path),
  )) {
    const sample = { text: 'of a colleague' }
    const answer = await ask(
      stage,
      'an admin',
      operation,
      await requestFor(operation, () => stage.stranger.ids, sample),
      headers,
    )
    const expected = await ask(
      stage,
      'an admin',
      operation,
      await requestFor(operation, () => randomIds, sample),
      headers,
    )
    if (answer.status !== 404 || withoutChance(answer) !== withoutChance(expected)) {
      problems.push(`${operation.key}: ${show(answer)}`)
    }
  }
  return problems
}

/** Nothing the victim wrote, and not its address, in any answer to anybody else. */
export function canariesTold({ victim, seen }: Stage): string[] {
  const secrets = [victim.canary, victim.owner.email]
  return seen
    .filter(({ answer }) =>
      secrets.some((secret) => `${answer.text}${JSON.stringify(answer.headers)}`.includes(secret)),
    )
    .map(({ who, operation, answer }) => `${operation.key} told ${who}: ${show(answer)}`)
}

/** Statuses that were answered and that the document does not name; none of them, a 500 least of all, is expected. */
export function undocumentedStatuses(seen: Stage['seen']): string[] {
  const wrong = seen
    .filter(({ operation, answer }) => !operation.statuses.includes(answer.status) || answer.status >= 500)
    .map(({ operation, answer }) => `${operation.key} ${answer.status}`)
  return [...new Set(wrong)]
}

/** Pages, and what runs for every request: no operations, and nothing of an organization is in them. */
export const pagesAndMiddleware: readonly string[] = [
  'ALL /*',
  'GET /*',
  'GET /assets/*',
  'GET /docs',
  'GET /docs/reference.js',
  'GET /openapi.json',
  'OPTIONS /*',
]

/** Routes of the program that no operation describes, those pages aside. */
export function undocumentedRoutes({ app, operations }: Pick<Stage, 'app' | 'operations'>): string[] {
  const documented = new Set(
    operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const routes = app.routes.map((route) => `${route.method} ${route.path}`)
  return [...new Set(routes)]
    .filter((route) => !documented.has(route) && !pagesAndMiddleware.includes(route))
    .sort()
}
