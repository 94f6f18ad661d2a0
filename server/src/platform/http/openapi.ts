import { type RouteConfig, z } from '@hono/zod-openapi'
import { tooManyRequests } from '../errors.ts'
import { keyInvalid, keyReused, outcomeUnknown, requestInProgress } from '../idempotency/index.ts'
import { type ErrorStyle, errorStyleOf, type Route } from './route.ts'

const repeatErrors = [keyInvalid, keyReused, requestInProgress, outcomeUnknown]

export const errorEnvelope = z
  .object({
    success: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }),
    timestamp: z.iso.datetime(),
    requestId: z.uuid(),
  })
  .openapi('Error')

const openAiErrorBody = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .openapi('OpenAIError')

const anthropicErrorBody = z
  .object({
    type: z.literal('error'),
    error: z.object({ type: z.string(), message: z.string() }),
    request_id: z.string(),
  })
  .openapi('AnthropicError')

const scimErrorBody = z
  .object({
    schemas: z.array(z.string()),
    status: z.string(),
    scimType: z.string().optional(),
    detail: z.string(),
  })
  .openapi('ScimError')

const errorBodies: Readonly<Record<ErrorStyle, { mediaType: string; schema: z.ZodType }>> = {
  envelope: { mediaType: 'application/json', schema: errorEnvelope },
  openai: { mediaType: 'application/json', schema: openAiErrorBody },
  anthropic: { mediaType: 'application/json', schema: anthropicErrorBody },
  scim: { mediaType: 'application/scim+json', schema: scimErrorBody },
}

export function openApiInfo(version: string, url: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Freehold',
      version,
      description: 'The backend of an AI product: organizations, keys, money, knowledge and conversations.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
  }
}

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().min(1).max(255).optional().openapi({
    description:
      'Repeated with the same key within 24 hours, the request has one effect and is answered as the first time.',
  }),
})

/** One route as an operation of the OpenAPI document. `x-access` says who may call it. */
export function describeRoute(route: Route): RouteConfig {
  const { contract } = route
  const { response } = contract
  const content: Record<string, { schema: z.ZodType }> = {}
  if (response.schema) content[response.mediaType ?? 'application/json'] = { schema: response.schema }
  else if (response.mediaType) content[response.mediaType] = { schema: z.string() }
  if (response.alternative) {
    content[response.alternative.mediaType] = { schema: response.alternative.schema ?? z.string() }
  }
  const requestBody = contract.rawBody
    ? { content: { [contract.rawBody.mediaType]: { schema: contract.rawBody.schema } }, required: true }
    : contract.body
      ? {
          content: { 'application/json': { schema: contract.body } },
          required: !contract.body.safeParse(undefined).success,
        }
      : undefined
  return {
    method: contract.method,
    path: contract.path,
    operationId: operationId(contract.method, contract.path),
    tags: [contract.tag],
    summary: contract.summary,
    ...(contract.description ? { description: contract.description } : {}),
    ...(contract.access === 'public' ? { security: [] } : { security: [{ bearer: [] }] }),
    'x-access': contract.access,
    request: {
      // describeRoute only ever sees the object schemas that defineRoute took.
      ...(contract.params ? { params: contract.params as z.ZodObject } : {}),
      ...(contract.query ? { query: contract.query as z.ZodObject } : {}),
      ...(contract.method === 'post' ? { headers: idempotencyHeader } : {}),
      ...(requestBody ? { body: requestBody } : {}),
    },
    responses: {
      [response.status]: {
        description: response.description,
        ...(Object.keys(content).length > 0 ? { content } : {}),
      },
      ...(response.accepted
        ? {
            202: {
              description: response.accepted.description,
              content: { 'application/json': { schema: response.accepted.schema } },
            },
          }
        : {}),
      ...errorResponses(route),
    },
  }
}

function errorResponses(route: Route): RouteConfig['responses'] {
  const { contract } = route
  const { mediaType, schema } = errorBodies[errorStyleOf(contract.path)]
  const byStatus = new Map<number, string[]>()
  const add = (status: number, code: string) => byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  const takesKey = contract.method === 'post'
  if (contract.body || contract.query || contract.params || contract.rawBody || takesKey)
    add(400, 'validation_failed')
  if (contract.body || contract.rawBody) {
    add(413, 'body_too_large')
    add(415, 'unsupported_media_type')
  }
  // What a repeated request may be told; public ones too.
  if (contract.method === 'post') for (const error of repeatErrors) add(error.status, error.code)
  if (contract.access !== 'public') {
    add(401, 'unauthenticated')
    add(tooManyRequests.status, tooManyRequests.code)
  }
  if (contract.access !== 'public' && contract.access !== 'signed-in') add(403, 'forbidden')
  for (const error of contract.errors ?? []) add(error.status, error.code)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { description: [...new Set(codes)].join(', '), content: { [mediaType]: { schema } } },
    ]),
  )
}

/** `post /api/v1/documents/{id}/retry` → `postDocumentsByIdRetry`. */
function operationId(method: string, path: string): string {
  const protocol = errorStyleOf(path) === 'anthropic' ? '/anthropic/' : '/openai/'
  const words = path
    .replace(/^\/(api\/)?v1\//, path.startsWith('/api/') ? '/' : protocol)
    .split('/')
    .filter(Boolean)
    .map((part) => (part.startsWith('{') ? `by-${part.slice(1, -1)}` : part))
    .join('-')
  return method + words.replaceAll(/(?:^|[-_.])(\w)/g, (_match, letter: string) => letter.toUpperCase())
}
