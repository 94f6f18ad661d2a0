import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Seen } from '../../../src/app/doctor/http/stage.ts'
import { errorEnvelope } from '../../../src/platform/http/openapi.ts'
import type { Route } from '../../../src/platform/http/route.ts'

/** What OpenAI's SDKs read from an error. */
const openAiError = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
})

/** Answers that are not what their route's contract, or that of errors, says; once for each operation and status. */
export function misshapenAnswers(routes: readonly Route[], answers: readonly Seen[]): string[] {
  const problems = answers.flatMap(({ operation, answer }) => {
    if (!answer.headers['content-type']?.startsWith('application/json')) return []
    const route = routes.find(({ contract }) => `${contract.method} ${contract.path}` === operation.key)
    const error = operation.path.startsWith('/v1/') ? openAiError : errorEnvelope
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
