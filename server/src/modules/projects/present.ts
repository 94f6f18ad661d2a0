import type { NamedProject } from './store.ts'

/** A project as the API shows it. */
export function presentProject(row: NamedProject) {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    description: row.description,
    createdBy: row.author,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    archivedAt: row.archivedAt?.toISOString() ?? null,
  }
}
