import { newId } from '../../../platform/ids.ts'
import { strayAddress } from '../throw-away.ts'
import { asJson, asList, type Json } from './operations.ts'

/** The text that stands wherever a schema takes free text. */
export interface Sampler {
  text: string
}

/**
 * The smallest value a JSON schema accepts: required properties alone, the first of several choices. What a schema
 * cannot say (a pattern without an example, a rule between fields) is for the operation's own fields to bring.
 */
export function sampleOf(schema: Json, sampler: Sampler): unknown {
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  const parts = asList(schema.allOf)
  if (parts.length > 0) return Object.assign({}, ...parts.map((part) => sampleOf(part, sampler)))
  const choice = asList(schema.anyOf)[0] ?? asList(schema.oneOf)[0]
  if (choice) return sampleOf(choice, sampler)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  switch (type) {
    case 'object':
      return sampleObject(schema, sampler)
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
        sampleOf(asJson(schema.items), sampler),
      )
    case 'integer':
    case 'number':
      return (
        schema.default ??
        schema.minimum ??
        (typeof schema.exclusiveMinimum === 'number' ? schema.exclusiveMinimum + 1 : 1)
      )
    case 'boolean':
      return schema.default ?? false
    case 'string':
      return sampleString(schema, sampler)
    default:
      return null
  }
}

function sampleObject(schema: Json, sampler: Sampler): Json {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  const properties = asJson(schema.properties)
  return Object.fromEntries(required.map((name) => [name, sampleOf(asJson(properties[name]), sampler)]))
}

function sampleString(schema: Json, { text }: Sampler): string {
  switch (schema.format) {
    case 'uuid':
      return newId()
    case 'email':
      return strayAddress()
    case 'date-time':
      return '2099-01-01T00:00:00.000Z'
    case 'date':
      return '2026-01-31'
    case 'uri':
      return 'https://example.com/'
    default:
      if (typeof schema.pattern === 'string') return String(schema.example ?? '')
      return text.slice(0, Number(schema.maxLength ?? 500)).padEnd(Number(schema.minLength ?? 0), '.')
  }
}

/** Properties of a body that are an id, or a list of ids: `collectionIds`. */
export function idFieldsOf(schema: Json): { name: string; list: boolean }[] {
  return Object.entries(asJson(schema.properties))
    .map(([name, value]) => ({ name, one: asJson(value), items: asJson(asJson(value).items) }))
    .filter(({ one, items }) => one.format === 'uuid' || items.format === 'uuid')
    .map(({ name, one }) => ({ name, list: one.format !== 'uuid' }))
}
