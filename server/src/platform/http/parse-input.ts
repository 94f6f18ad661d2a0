import type { z } from '@hono/zod-openapi'
import type { HeaderReader } from '../auth/credentials.ts'
import {
  type AppError,
  bodyTooLarge,
  malformedJson,
  unsupportedMediaType,
  validationFailed,
} from '../errors.ts'
import { isNestedDeeper } from './json-depth.ts'
import type { Route } from './route.ts'

export interface Problem {
  in: 'path' | 'query' | 'body'
  field: string
  message: string
}

/** Zod's issues in the API's words: where, which field, what is wrong. */
export function problemsOf(error: z.ZodError, place: Problem['in']): Problem[] {
  return error.issues.flatMap(withinUnion).map((issue) => ({
    in: place,
    field:
      issue.path.map(String).join('.') || (issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : ''),
    message: issue.code === 'unrecognized_keys' ? `unknown field: ${issue.keys.join(', ')}` : issue.message,
  }))
}

/**
 * What is wrong inside the one form of a union that the value has: `content` may be a text or a list, and of a list with
 * a bad entry the entry is to be named, not the choice.
 */
function withinUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const fitting = issue.errors.filter(
    (errors) => errors.length > 0 && errors.every(({ path }) => path.length > 0),
  )
  const [only, ...others] = fitting
  if (!only || others.length > 0) return [issue]
  return only.flatMap((inner) => withinUnion({ ...inner, path: [...issue.path, ...inner.path] }))
}

/**
 * Parses path, query and body against a route's schemas and reports everything wrong at once.
 * @throws validation_failed (400), malformed_json (400), unsupported_media_type (415), body_too_large (413)
 */
export async function parseInput(
  route: Route,
  request: Request,
  pathParams: Record<string, string>,
): Promise<{ params: Record<string, unknown>; query: Record<string, unknown>; body: unknown }> {
  const { contract } = route
  const json = contract.body && (await readJson(request, isOptional(contract.body), contract.bodyLimitBytes))
  return checkInput(route, { params: pathParams, query: queryOf(request), json })
}

const optional = new WeakMap<z.ZodType, boolean>()

/** Whether a route can be called without a body. */
function isOptional(schema: z.ZodType): boolean {
  const known = optional.get(schema) ?? schema.safeParse(undefined).success
  optional.set(schema, known)
  return known
}

/** Checks what was read against a route's schemas. @throws validation_failed (400) with everything that is wrong */
export function checkInput(
  { contract }: Route,
  read: { params: Record<string, string>; query: Record<string, string | string[]>; json: unknown },
): { params: Record<string, unknown>; query: Record<string, unknown>; body: unknown } {
  const problems: Problem[] = []
  const check = <T>(
    schema: z.ZodType<T> | undefined,
    value: unknown,
    place: Problem['in'],
  ): T | undefined => {
    if (!schema) return undefined
    const result = schema.safeParse(value)
    if (result.success) return result.data
    problems.push(...problemsOf(result.error, place))
    return undefined
  }
  const params = check(contract.params, read.params, 'path') ?? {}
  const query = check(contract.query, read.query, 'query') ?? {}
  const body = check(contract.body, read.json, 'body')
  if (problems.length > 0) throw invalid(problems)
  return { params, query, body }
}

function invalid(problems: readonly Problem[]): AppError {
  const first = problems[0]
  const where = first?.field ? `${first.in} field "${first.field}"` : (first?.in ?? 'request')
  return validationFailed({
    message: `The request is not valid: ${where}: ${first?.message}.`,
    details: { problems },
  })
}

/** The refusal of a body whose schema is known only once something in it has been looked up. */
export function invalidBody(error: z.ZodError): AppError {
  return invalid(problemsOf(error, 'body'))
}

function queryOf(request: Request): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const [name, value] of new URL(request.url).searchParams) {
    const before = query[name]
    query[name] = before === undefined ? value : [before, value].flat()
  }
  return query
}

export const defaultBodyLimitBytes = 1_048_576

/** What people and programs write is far from it, and far from what a stack holds. */
const mostJsonDepth = 200

async function readJson(
  request: Request,
  optional: boolean,
  limitBytes = defaultBodyLimitBytes,
): Promise<unknown> {
  requireJson(request.headers)
  return parseJson(await readBytes(request, limitBytes), optional)
}

function requireJson(headers: HeaderReader): void {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && type !== 'application/json' && !type.endsWith('+json')) {
    throw unsupportedMediaType({
      message: `This endpoint takes application/json, not ${type}.`,
      details: { given: type, accepted: ['application/json'] },
    })
  }
}

/** @throws malformed_json (400) for what is no JSON, nested too deep or, unless it is optional, not there */
export function parseJson(bytes: Uint8Array, optional: boolean): unknown {
  const text = new TextDecoder().decode(bytes)
  if (text.trim() === '' && optional) return undefined
  if (text.trim() === '') throw malformedJson({ message: 'The body is empty; a JSON object is expected.' })
  if (isNestedDeeper(text, mostJsonDepth))
    throw malformedJson({ message: `The body is nested more than ${mostJsonDepth} deep.` })
  try {
    return JSON.parse(text, mayHoldHalves.test(text) ? toWholeCharacters : undefined)
  } catch (error) {
    // The parser's message quotes the text, which may hold a secret: only the place is told.
    const place =
      error instanceof Error ? /position \d+( \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined
    throw malformedJson({ message: `The body is not valid JSON${place ? `, at ${place}` : ''}.` })
  }
}

/** Half of a surrogate pair is no character and cannot be stored; like a broken byte, it becomes U+FFFD. */
const mayHoldHalves = /\\u[dD][89a-fA-F]/

function toWholeCharacters(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

/** Reads a whole body of at most `limitBytes`. @throws body_too_large (413) */
export async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const tooLarge = () => largerThan(limitBytes)
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge()
  if (!request.body) return new Uint8Array()
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body) {
    size += part.byteLength
    if (size > limitBytes) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}

export function largerThan(limitBytes: number): AppError {
  return bodyTooLarge({
    message: `The body is larger than the ${limitBytes} bytes this endpoint accepts.`,
    details: { limitBytes },
  })
}
