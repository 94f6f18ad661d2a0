import { z } from '@hono/zod-openapi'
import { isJsonObject } from './json-texts.ts'

/** What an answer must be. */
export type WantedFormat = { readonly isObject: boolean; readonly schema: z.ZodType | undefined }

/** What the request's response_format asks for; undefined where it asks for none. A schema that cannot be read asks for JSON. */
export function wantedFormat(responseFormat: unknown): WantedFormat | undefined {
  if (!isJsonObject(responseFormat)) return undefined
  if (responseFormat.type === 'json_object') return { isObject: true, schema: undefined }
  if (responseFormat.type !== 'json_schema') return undefined
  const { json_schema: named } = responseFormat
  const schema = isJsonObject(named) ? named.schema : undefined
  try {
    // zod checks what it is given itself, and throws for what it cannot say.
    const read = isJsonObject(schema)
      ? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
      : undefined
    return { isObject: false, schema: read }
  } catch {
    return { isObject: false, schema: undefined }
  }
}

/** Why the text is not what was asked for; undefined where it is. */
export function formatProblem(text: string, wanted: WantedFormat): 'not_json' | 'not_schema' | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'not_json'
  }
  if (wanted.isObject && !isJsonObject(value)) return 'not_schema'
  return wanted.schema && !wanted.schema.safeParse(value).success ? 'not_schema' : undefined
}
