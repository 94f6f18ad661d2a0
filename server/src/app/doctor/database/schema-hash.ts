import { createHash } from 'node:crypto'
import type { Catalog } from './catalog.ts'

/** The same for two databases whose walls are the same, whoever owns their tables and whatever else stands in them. */
export function schemaHash(catalog: Catalog): string {
  const owners = new Set(catalog.tables.map((table) => table.owner))
  const { strayTables: _stray, tenantSchemas: _schemas, ...wall } = catalog
  const ordered = inFixedOrder(wall, (text) => (owners.has(text) ? '(owner)' : text))
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex')
}

/** Lists of which the order means something: the columns of a key. */
const meant = new Set(['columns', 'otherColumns'])

/** Lists by their text, since databases sort names differently; keys by name. */
function inFixedOrder(value: unknown, rename: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return rename(value)
  if (Array.isArray(value)) {
    const items = value.map((item) => inFixedOrder(item, rename))
    if (meant.has(key) && items.every((item) => typeof item === 'string')) return items
    return items
      .map((item) => ({ item, text: JSON.stringify(item) }))
      .sort((one, other) => (one.text < other.text ? -1 : 1))
      .map(({ item }) => item)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    ([name, part]) => [name, inFixedOrder(part, rename, name)] as const,
  )
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
