import { asJson, asList, type Json } from '../../../src/app/doctor/http/operations.ts'
import { permissions } from '../../../src/platform/auth/permissions.ts'
import { errorStyleOf, type Route } from '../../../src/platform/http/route.ts'

/** What is wrong with an OpenAPI document, a sentence each. */
export type DocumentCheck = (document: Json) => string[]

interface Described {
  key: string
  path: string
  value: Json
}

const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'options', 'head', 'trace'])

function described(document: Json): Described[] {
  return Object.entries(asJson(document.paths)).flatMap(([path, item]) =>
    Object.entries(asJson(item))
      .filter(([method]) => methods.has(method))
      .map(([method, value]) => ({ key: `${method} ${path}`, path, value: asJson(value) })),
  )
}

export const operationsHaveNames: DocumentCheck = (document) => {
  const ids = new Map<unknown, string>()
  return described(document).flatMap(({ key, value }) => {
    const { operationId, summary, tags } = value
    const before = ids.get(operationId)
    ids.set(operationId, key)
    return [
      ...(typeof operationId === 'string' && /^[a-z][A-Za-z0-9]*$/.test(operationId)
        ? []
        : [`${key} has no operationId`]),
      ...(before === undefined ? [] : [`${key} has the operationId of ${before}`]),
      ...(typeof summary === 'string' && /^\S.*[^.\s]$/.test(summary) ? [] : [`${key} has no summary`]),
      ...(Array.isArray(tags) && tags.length === 1 && tags[0] !== '' ? [] : [`${key} has not one tag`]),
    ]
  })
}

const accesses = new Set<unknown>(['public', 'signed-in', 'person', ...permissions])

/** `x-access` is one of those there are, and `security` says the same to clients that do not know it. */
export const accessIsKnown: DocumentCheck = (document) =>
  described(document).flatMap(({ key, value }) => {
    const access = value['x-access']
    const open = Array.isArray(value.security) && value.security.length === 0
    return [
      ...(accesses.has(access) ? [] : [`${key} has the access ${String(access)}, which does not exist`]),
      ...(open === (access === 'public')
        ? []
        : [`${key} is ${String(access)} and its security says otherwise`]),
    ]
  })

/** What can go wrong is said: 401 and 403 where somebody is refused, 404 where something is named, 400 where input is read. */
export const refusalsAreDocumented: DocumentCheck = (document) =>
  described(document).flatMap(({ key, path, value }) => {
    const access = value['x-access']
    const statuses = Object.keys(asJson(value.responses))
    const reads = path.includes('{') || asList(value.parameters).length > 0 || 'requestBody' in value
    const expected = [
      ...(access === 'public' ? [] : ['401']),
      ...(access === 'public' || access === 'signed-in' ? [] : ['403']),
      ...(path.includes('{') ? ['404'] : []),
      ...(reads ? ['400'] : []),
    ]
    const missing = expected
      .filter((status) => !statuses.includes(status))
      .map((status) => `${key} does not document ${status}`)
    const successes = statuses.filter((status) => status.startsWith('2') || status === '302')
    // Beside an answer there may be the word that it is not there yet.
    const answers = successes.length === 1 ? successes : successes.filter((status) => status !== '202')
    return answers.length === 1 ? missing : [...missing, `${key} has not one success`]
  })

const errorNames = {
  envelope: 'Error',
  openai: 'OpenAIError',
  anthropic: 'AnthropicError',
  scim: 'ScimError',
} as const

/** Errors have the one shape of their place; an answer with a body has a schema. */
export const responsesHaveSchemas: DocumentCheck = (document) =>
  described(document).flatMap(({ key, path, value }) =>
    Object.entries(asJson(value.responses)).flatMap(([status, response]) => {
      const { description, content } = asJson(response)
      const schemas = Object.values(asJson(content)).map((media) => asJson(asJson(media).schema))
      const problems =
        typeof description === 'string' && description !== '' ? [] : [`${key} ${status} has no description`]
      if (status === '204' || status === '302')
        return schemas.length === 0 ? problems : [...problems, `${key} ${status} has a body`]
      const expected = `#/components/schemas/${errorNames[errorStyleOf(path)]}`
      if (Number(status) >= 400 && schemas[0]?.$ref !== expected)
        return [...problems, `${key} ${status} is not ${expected}`]
      const empty = schemas.length === 0 || schemas.some((schema) => Object.keys(schema).length === 0)
      return empty ? [...problems, `${key} ${status} has no schema`] : problems
    }),
  )

export const pathParametersAreDeclared: DocumentCheck = (document) =>
  described(document).flatMap(({ key, path, value }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
    const declared = asList(value.parameters).filter((parameter) => parameter.in === 'path')
    const names = declared.map((parameter) => String(parameter.name))
    return [
      ...inPath.filter((name) => !names.includes(name)).map((name) => `${key} does not declare ${name}`),
      ...names
        .filter((name) => !inPath.includes(name))
        .map((name) => `${key} declares ${name}, which is not in its path`),
      ...declared
        .filter((parameter) => parameter.required !== true)
        .map((parameter) => `${key}: ${String(parameter.name)} is not required`),
      ...declared
        .filter((parameter) => Object.keys(asJson(parameter.schema)).length === 0)
        .map((parameter) => `${key}: ${String(parameter.name)} has no schema`),
    ]
  })

/** Every reference leads somewhere, and everything named is referred to. */
export const referencesLeadSomewhere: DocumentCheck = (document) => {
  const used = new Set<string>()
  walk(document, (node) => {
    if (typeof node.$ref === 'string') used.add(node.$ref)
  })
  const named = Object.entries(asJson(document.components)).flatMap(([kind, parts]) =>
    kind === 'securitySchemes'
      ? []
      : Object.keys(asJson(parts)).map((name) => `#/components/${kind}/${name}`),
  )
  return [
    ...[...used]
      .filter((reference) => !named.includes(reference))
      .map((reference) => `${reference} leads nowhere`),
    ...named
      .filter((reference) => !used.has(reference))
      .map((reference) => `${reference} is used by nothing`),
  ]
}

/** A named schema is the thing itself; where it may be missing, the place says so. Clients would else doubt every item of a list. */
export const namedSchemasAreNeverNull: DocumentCheck = (document) =>
  Object.entries(asJson(asJson(document.components).schemas)).flatMap(([name, schema]) => {
    const { type } = asJson(schema)
    return Array.isArray(type) && type.includes('null')
      ? [`the schema ${name} may be null wherever it is used`]
      : []
  })

/** A body is called required exactly where the operation refuses to go without one. */
export function bodiesAreRequiredWhereTheyAre(routes: readonly Route[]): DocumentCheck {
  return (document) =>
    described(document).flatMap(({ key, value }) => {
      const route = routes.find(({ contract }) => `${contract.method} ${contract.path}` === key)
      const body = route?.contract.body
      if (!body) return []
      const required = asJson(value.requestBody).required === true
      const needed = !body.safeParse(undefined).success
      return required === needed
        ? []
        : [`${key} ${needed ? 'needs' : 'does not need'} a body, and its document says otherwise`]
    })
}

function walk(node: unknown, visit: (node: Json) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(asJson(node))
  for (const value of Object.values(node)) walk(value, visit)
}
