import { createHash } from 'node:crypto'
import type { Catalog } from './catalog.ts'

/**
 * The same for two databases whose walls are the same, whoever owns their tables and whatever else stands in them.
 */
export function schemaHash(catalog: Catalog): string {
  const owners = new Set(catalog.tables.map((table) => table.owner))
  const { strayTables: _stray, tenantSchemas: _schemas, ...wall } = catalog
  const text = JSON.stringify(inFixedOrder(wall), (_key, value: unknown) =>
    typeof value === 'string' && owners.has(value) ? '(owner)' : value,
  )
  return createHash('sha256').update(text).digest('hex')
}

/** Lists by their text, since databases sort names differently; keys by name. */
function inFixedOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(inFixedOrder)
    // Columns of a key are in an order that means something, and are plain names.
    if (items.every((item) => typeof item === 'string')) return items
    return items
      .map((item) => ({ item, text: JSON.stringify(item) }))
      .sort((one, other) => (one.text < other.text ? -1 : 1))
      .map(({ item }) => item)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, part]) => [name, inFixedOrder(part)] as const)
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
