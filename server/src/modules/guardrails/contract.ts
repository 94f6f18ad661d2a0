import { z } from '@hono/zod-openapi'
import { patternProblem } from './rules/pattern.ts'
import { piiKinds } from './rules/pii-kinds.ts'

const pattern = z
  .string()
  .max(100)
  .superRefine((source, context) => {
    const message = patternProblem(source)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
  .openapi({ example: 'project bluebird*' })

const length = z.strictObject({
  action: z.enum(['off', 'flag', 'block']),
  maxCharacters: z.int().min(1).max(10_000_000),
  maxMessages: z.int().min(1).max(10_000),
})
const unicode = z.strictObject({
  action: z.enum(['off', 'flag', 'clean', 'block']).openapi({
    description:
      'clean: what is not seen is taken out, and letters that only look like others are replaced by them.',
  }),
})
const patterns = z.strictObject({
  action: z.enum(['off', 'flag', 'block']),
  stages: z.enum(['input', 'output', 'both']),
  patterns: z.array(pattern).max(100).openapi({
    description:
      'Words and phrases, in any case, found as whole words. `*` is any run without a space, `?` one character; `*` at an end finds it inside words too.',
  }),
})
const injection = z.strictObject({
  action: z.enum(['off', 'flag', 'block']),
  threshold: z
    .number()
    .min(0.05)
    .max(0.99)
    .openapi({ description: 'From this score on it counts as an attack.' }),
})
const pii = z.strictObject({
  action: z.enum(['off', 'flag', 'redact', 'block']).openapi({ description: 'In what is sent.' }),
  kinds: z.array(z.enum(piiKinds)).min(1),
  reversible: z.boolean().openapi({
    description: 'The model sees `<EMAIL_1>` and the caller the address itself; else `[EMAIL]`, for good.',
  }),
  answers: z
    .enum(['off', 'flag', 'redact', 'block'])
    .openapi({ description: 'In the answer; what stood in the question under a pseudonym is not meant.' }),
})
const promptLeak = z.strictObject({
  action: z.enum(['off', 'flag', 'block']),
  words: z.int().min(6).max(100).openapi({
    description: 'So many words of the system message in a row, in the answer, count as a leak.',
  }),
})
const answer = z.strictObject({
  action: z.enum(['off', 'flag', 'block']),
  format: z.boolean().openapi({
    description:
      'Whether the answer must be the JSON that response_format asks for. With block a stream of such an answer comes at its end.',
  }),
  maxCharacters: z.int().min(1).max(10_000_000).nullable(),
})

/** Every guard with what it does. */
export const guardrailPolicy = z
  .strictObject({ length, unicode, patterns, injection, pii, promptLeak, answer })
  .openapi('GuardrailPolicy')
export type GuardrailPolicy = z.infer<typeof guardrailPolicy>

/** The guards that somebody has spoken of; the others stay what they are where it is laid over. */
export const guardrailChoices = guardrailPolicy.partial().openapi('GuardrailChoices')
export type GuardrailChoices = z.infer<typeof guardrailChoices>

export const modelQuery = z.strictObject({
  model: z.string().min(1).max(200).optional().openapi({
    description:
      'An alias or a model, as callers name it. Without it the organization’s own policy is meant.',
  }),
})

export const guardrailSettings = z
  .object({
    policy: guardrailPolicy.openapi({ description: 'What is in force for every call of the organization.' }),
    updatedAt: z.iso.datetime().nullable().openapi({ description: 'Null while nobody has set anything.' }),
    models: z
      .array(z.object({ model: z.string(), guards: guardrailChoices, updatedAt: z.iso.datetime() }))
      .openapi({ description: 'What is otherwise for calls that name these.' }),
  })
  .openapi('GuardrailSettings')
