import type { HttpApp } from '../../../platform/http/app.ts'
import { openApiInfo } from '../../../platform/http/openapi.ts'

export type Json = Record<string, unknown>

export interface Parameter {
  name: string
  place: 'path' | 'query' | 'header' | 'cookie'
  required: boolean
  schema: Json
}

/** One operation of the OpenAPI document, references resolved. */
export interface Operation {
  /** `post /api/v1/documents/{id}/retry`: how failures name it. */
  key: string
  method: string
  path: string
  access: string
  parameters: Parameter[]
  body: { mediaType: string; schema: Json } | undefined
  /** Documented statuses. */
  statuses: number[]
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

export function documentOf(app: HttpApp): Json {
  return { ...app.getOpenAPI31Document(openApiInfo('0.0.0-test', 'http://localhost')) }
}

/** Every operation of a document, with references resolved wherever a schema stands. */
export function operationsOf(document: Json): Operation[] {
  return Object.entries(asJson(document.paths)).flatMap(([path, item]) =>
    Object.entries(asJson(item))
      .filter(([method]) => methods.includes(method))
      .map(([method, value]) => {
        const operation = asJson(value)
        const content = Object.entries(asJson(asJson(operation.requestBody).content))[0]
        return {
          key: `${method} ${path}`,
          method,
          path,
          access: String(operation['x-access']),
          parameters: asList(operation.parameters).map((one) => ({
            name: String(one.name),
            place: one.in as Parameter['place'], // OpenAPI has these four
            required: one.required === true,
            schema: resolve(document, asJson(one.schema)),
          })),
          body: content
            ? { mediaType: content[0], schema: resolve(document, asJson(asJson(content[1]).schema)) }
            : undefined,
          statuses: Object.keys(asJson(operation.responses)).map(Number),
        }
      }),
  )
}

/** A schema with `$ref`s put in place, as deep as the example generator looks; a ring of references stops there. */
function resolve(document: Json, schema: Json, depth = 0): Json {
  const reference = schema.$ref
  if (typeof reference === 'string') {
    const target = reference
      .split('/')
      .slice(1)
      .reduce<Json>((node, part) => asJson(node[part.replaceAll('~1', '/')]), document)
    return depth > 12 ? {} : resolve(document, target, depth + 1)
  }
  const resolveIn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolveIn)
    return typeof value === 'object' && value !== null ? resolve(document, asJson(value), depth + 1) : value
  }
  if (depth > 12) return schema
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, resolveIn(value)]))
}

/** An object as it came out of JSON; anything else as an empty one. */
export function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

export function asList(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(asJson) : []
}
