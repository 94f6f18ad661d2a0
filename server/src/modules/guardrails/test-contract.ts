import { z } from '@hono/zod-openapi'
import { guardrailVerdict } from '../ledger/index.ts'
import { guardrailChoices } from './contract.ts'

export const testBody = z
  .strictObject({
    text: z.string().max(100_000),
    stage: z.enum(['input', 'output']).default('input'),
    system: z.string().max(100_000).optional().openapi({
      description: 'A system message, for the guard against leaks of it.',
    }),
    model: z.string().min(1).max(200).optional(),
    policy: guardrailChoices.optional().openapi({ description: 'Laid over what is set, to try it before.' }),
  })
  .openapi('GuardrailTest')

export const testResult = z
  .object({
    blocked: z.boolean(),
    verdicts: z.array(guardrailVerdict),
    text: z.string().openapi({ description: 'What the model, or the caller, would get.' }),
    injectionScore: z.number().nullable().openapi({
      description: 'Whatever the threshold; null where the guard is off.',
    }),
    injectionReasons: z
      .object({
        expressions: z
          .array(z.string())
          .openapi({ description: 'Names of the expressions that were found.' }),
        phrases: z.array(z.string()).openapi({ description: 'The words of the text that weigh most.' }),
      })
      .nullable()
      .openapi({ description: 'What made the score; null where there is none. Kept nowhere.' }),
  })
  .openapi('GuardrailTestResult')
