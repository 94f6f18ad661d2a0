import { z } from 'zod'
import { parseJson } from './parse-json.ts'

/** The settings that say which models have which names and prices. */

const text = z.string().min(1)

/** A list written as JSON, each entry of the schema. */
function listOf<Entry extends z.ZodType>(entry: Entry, shape: string) {
  return text.transform((value, context): z.infer<Entry>[] => {
    const list = z.array(entry).min(1).safeParse(parseJson(value))
    if (list.success) return list.data
    context.addIssue({ code: 'custom', message: `must be a JSON list of ${shape}` })
    return z.NEVER
  })
}

const modelAlias = z.strictObject({
  name: z.string().min(1).max(100),
  description: z.string().max(500).default(''),
  strategy: z
    .enum(['priority', 'weighted', 'cheapest', 'fastest', 'least_busy', 'cache_affine'])
    .default('priority'),
  models: z
    .array(
      z.union([
        z.string().min(1),
        z.strictObject({
          model: z.string().min(1),
          weight: z.int().min(1).max(1_000).default(1),
          timeoutMs: z.int().min(100).max(600_000).nullable().default(null),
        }),
      ]),
    )
    .min(1)
    .max(10),
  maxAttempts: z.int().min(1).max(5).default(3),
  totalTimeoutMs: z.int().min(1_000).max(600_000).default(60_000),
})
export type ModelAliasSetting = z.infer<typeof modelAlias>
export const modelAliases = listOf(
  modelAlias,
  '{"name", "models", "strategy"?, "description"?, "maxAttempts"?, "totalTimeoutMs"?}',
)

const dollars = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/)
const modelPrice = z.strictObject({
  provider: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  /** Dollars per million tokens. */
  input: dollars.optional(),
  cachedInput: dollars.optional(),
  cacheWrite: dollars.optional(),
  output: dollars.optional(),
  marginPercent: z.number().min(0).max(1_000).multipleOf(0.01).optional(),
})
export type ModelPriceSetting = z.infer<typeof modelPrice>
export const modelPrices = listOf(
  modelPrice.refine(
    (one) =>
      (one.provider !== undefined || one.model !== undefined) &&
      (one.input === undefined) === (one.output === undefined),
  ),
  '{"provider"?, "model"?, "input"?, "output"?, "cachedInput"?, "cacheWrite"?, "marginPercent"?}, prices in dollars a million tokens as text',
)
