import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Seen } from '../../../src/app/doctor/http/stage.ts'
import { errorEnvelope } from '../../../src/platform/http/openapi.ts'
import { errorStyleOf, type Route } from '../../../src/platform/http/route.ts'

/** What OpenAI's SDKs read from an error. */
const openAiError = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
})

/** What Anthropic's SDKs read from an error. */
const anthropicError = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({ type: z.string(), message: z.string() }),
  request_id: z.uuid(),
})

const scimError = z.strictObject({
  schemas: z.tuple([z.literal('urn:ietf:params:scim:api:messages:2.0:Error')]),
  status: z.string().regex(/^[45]\d\d$/),
  scimType: z.string().optional(),
  detail: z.string(),
})

const errors = {
  envelope: errorEnvelope,
  openai: openAiError,
  anthropic: anthropicError,
  scim: scimError,
} as const

/** Answers that are not what their route's contract, or that of errors, says; once for each operation and status. */
export function misshapenAnswers(routes: readonly Route[], answers: readonly Seen[]): string[] {
  const problems = answers.flatMap(({ operation, answer }) => {
    if (!answer.headers['content-type']?.match(/^application\/(scim\+)?json/)) return []
    const route = routes.find(({ contract }) => `${contract.method} ${contract.path}` === operation.key)
    const error = errors[errorStyleOf(operation.path)]
    const schema = answer.status >= 400 ? error : route?.contract.response.schema
    if (!schema) return []
    const body: unknown = JSON.parse(answer.text)
    const parsed = schema.safeParse(body)
    const id = `${operation.key} ${answer.status}`
    if (!parsed.success) return [`${id}: ${parsed.error.message}`]
    // What the schema does not name it leaves out.
    return isDeepStrictEqual(parsed.data, body)
      ? []
      : [`${id} has fields that its contract does not name: ${answer.text.slice(0, 300)}`]
  })
  return [...new Set(problems)]
}
