import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { HeaderReader } from '../auth/credentials.ts'
import type { Permission } from '../auth/permissions.ts'
import type { Caller } from '../context.ts'
import type { ErrorDefinition } from '../errors.ts'

/**
 * Who may call a route: anybody (`public`), whoever has valid credentials (`signed-in`), a person and not a
 * machine (`person`), or who holds a permission.
 */
export type Access = 'public' | 'signed-in' | 'person' | Permission

type ObjectSchema = z.ZodType<Record<string, unknown>>

export interface RouteResponse {
  status: 200 | 201 | 202 | 204 | 302
  description: string
  schema?: z.ZodType
  /** Default `application/json`. */
  mediaType?: string
  /** A second form the same route can answer with, chosen by the request (a stream of events). */
  alternative?: { mediaType: string; schema?: z.ZodType; description: string }
  /** What is answered with 202 where the answer itself is not there yet. */
  accepted?: { schema: z.ZodType; description: string }
}

export interface RouteContract<
  Params extends ObjectSchema,
  Query extends ObjectSchema,
  Body extends z.ZodType,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** OpenAPI form, `/api/v1/documents/{id}`. */
  path: string
  tag: string
  summary: string
  description?: string
  access: Access
  params?: Params
  query?: Query
  body?: Body
  /** For what is no JSON: the content type and, for multipart, its fields. The handler reads `request` itself. */
  rawBody?: { mediaType: string; schema: z.ZodType }
  bodyLimitBytes?: number
  /** How long the answer may take to begin. */
  timeoutMs?: number
  /**
   * For how long a repetition with the same Idempotency-Key gets the same answer; a day when left out. Short where it
   * holds what signs somebody in: that is renewed or ended by then, and a copy of it must not be handed out again.
   */
  answerKeptMs?: number
  response: RouteResponse
  errors?: readonly ErrorDefinition[]
  /** Answered on Node's own request where it can be (`direct-lane.ts`): for the few routes of the gateway's hot path. */
  direct?: true
}

export interface RouteInput<Params extends ObjectSchema, Query extends ObjectSchema, Body extends z.ZodType> {
  params: z.infer<Params>
  query: z.infer<Query>
  body: z.infer<Body>
  caller: Caller
  headers: HeaderReader
  /** Not on the direct lane: there it is made when it is asked for, without a body. */
  request: Request
  requestId: string
  /** Fires when the client goes away, the time is up, or the server stops. */
  signal: AbortSignal
  /**
   * For what an answer is besides its body; the handler of a GET that sets headers makes the `Response` itself. Not for
   * direct routes, which answer with a `Reply`.
   */
  http: Context<HttpEnvironment>
}

/**
 * Errors have the shape that clients of their place know: ours, OpenAI's under `/v1`, Anthropic's under `/v1/messages`,
 * SCIM's under `/scim`.
 */
export type ErrorStyle = 'envelope' | 'openai' | 'anthropic' | 'scim'

export function errorStyleOf(path: string): ErrorStyle {
  if (path.startsWith('/scim/')) return 'scim'
  if (path === '/v1/messages' || path.startsWith('/v1/messages/')) return 'anthropic'
  return path.startsWith('/v1/') ? 'openai' : 'envelope'
}

export interface HttpEnvironment {
  Variables: {
    requestId: string
    caller: Caller
    route: string
    errorStyle: ErrorStyle
    /** The answer that bears the standard headers already. */
    headed?: Response
    /** What is left of the organization's allowance, once it is known who calls. */
    quotaHeaders: Record<string, string> | undefined
  }
}

/** A route with its types folded away, as the app takes it. */
export interface Route {
  readonly contract: RouteContract<ObjectSchema, ObjectSchema, z.ZodType>
  readonly handle: (input: RouteInput<ObjectSchema, ObjectSchema, z.ZodType>) => Promise<unknown>
}

/**
 * Declares a route: schema in, schema out, access and limits as data, and one handler. What the handler returns is
 * sent as JSON with the declared status; a `Reply` with its headers or as events; a `Response` as it is.
 */
export function defineRoute<
  Params extends ObjectSchema = z.ZodObject,
  Query extends ObjectSchema = z.ZodObject,
  Body extends z.ZodType = z.ZodUndefined,
>(
  contract: RouteContract<Params, Query, Body>,
  handle: (input: RouteInput<Params, Query, Body>) => Promise<unknown>,
): Route {
  // The app parses with the same schemas before it calls, so the narrower input is what arrives.
  return { contract, handle } as unknown as Route
}

/** Fills in what the route's access promises about the caller, for handlers of `person` routes. */
export function personId(caller: Caller): string {
  if (caller.userId === null) throw new Error('A person route was called without a person.')
  return caller.userId
}
