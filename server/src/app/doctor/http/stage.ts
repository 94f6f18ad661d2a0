import type { Database } from '../../../platform/db/database.ts'
import type { HttpApp } from '../../../platform/http/app.ts'
import type { Member } from './cast.ts'
import { asJson, type Operation } from './operations.ts'
import { randomIds } from './resource-ids.ts'
import { type Answer, type SentRequest, send } from './send.ts'
import { fieldsFor, requestFor, type Tenant } from './world.ts'

/** What the matrix is played on: an application, its operations, and everybody who comes to it. */
export interface Stage {
  app: HttpApp
  database: Database
  operations: readonly Operation[]
  /** Owns what nobody else may see. */
  victim: Tenant
  /** Owner of another organization, with data of the same kind and the same words. */
  stranger: Tenant
  members: readonly Member[]
  revokedKey: string
  cookie: string
  /** Every answer that anybody but the victim was given. */
  seen: Seen[]
  /** Ends the matrix early. */
  signal?: AbortSignal | undefined
}

export interface Seen {
  who: string
  operation: Operation
  answer: Answer
}

export async function ask(
  stage: Stage,
  who: string,
  operation: Operation,
  request: SentRequest,
  headers: Record<string, string>,
): Promise<Answer> {
  stage.signal?.throwIfAborted()
  const answer = await send(stage.app, request, headers)
  stage.seen.push({ who, operation, answer })
  return answer
}

/** A good request with ids that nobody has. */
export async function strangeRequest({ stranger }: Stage, operation: Operation): Promise<SentRequest> {
  // The stranger's own refresh token is spent by now; sent again it would end the stranger's session.
  const spent = operation.key === 'post /api/v1/auth/refresh'
  const fields = spent ? { refreshToken: `fr_${'a'.repeat(43)}` } : await fieldsFor(stranger, operation)
  return requestFor(operation, () => randomIds, { text: stranger.canary, fields })
}

/** SCIM's errors have no codes; these two statuses mean one thing there. */
const scimCodes: Readonly<Record<string, string>> = { '401': 'unauthenticated', '403': 'forbidden' }

/** Anthropic's errors have types only; these two mean one thing where no model is refused. */
const anthropicCodes: Readonly<Record<string, string>> = {
  authentication_error: 'unauthenticated',
  permission_error: 'forbidden',
}

/** The code of an error in any of the shapes; undefined for what is no error. */
export function codeOf(answer: Answer): unknown {
  if (answer.status < 400) return undefined
  const body = asJson(JSON.parse(answer.text))
  if (typeof body.detail === 'string') return scimCodes[String(body.status)]
  const error = asJson(body.error)
  return body.type === 'error' ? anthropicCodes[String(error.type)] : error.code
}
