import { and, asc, count, desc, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { projects } from './tables.ts'

export type ProjectRow = typeof projects.$inferSelect
export type NamedProject = ProjectRow & { author: { id: string; name: string } | null }

const columns = {
  row: projects,
  author: sql<
    NamedProject['author']
  >`(select jsonb_build_object('id', id, 'name', name) from freehold.users where users.id = ${projects.createdBy})`,
}

/** By slug, one more than `limit`. */
export async function listProjects(
  tx: TenantTx,
  filter: { archived: boolean },
  page: { limit: number; afterSlug: string | undefined },
): Promise<NamedProject[]> {
  const rows = await tx
    .select(columns)
    .from(projects)
    .where(
      and(
        filter.archived ? isNotNull(projects.archivedAt) : isNull(projects.archivedAt),
        page.afterSlug === undefined ? undefined : gt(projects.slug, page.afterSlug),
      ),
    )
    .orderBy(asc(projects.slug))
    .limit(page.limit + 1)
  return rows.map(({ row, author }) => ({ ...row, author }))
}

/** The projects that somebody made, the newest first. */
export async function listProjectsOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<ProjectRow[]> {
  return tx
    .select()
    .from(projects)
    .where(
      and(
        eq(projects.createdBy, userId),
        page.beforeId === undefined ? undefined : lt(projects.id, page.beforeId),
      ),
    )
    .orderBy(desc(projects.id))
    .limit(page.limit)
}

export async function findProject(tx: TenantTx, id: string): Promise<NamedProject | undefined> {
  const [found] = await tx.select(columns).from(projects).where(eq(projects.id, id))
  return found && { ...found.row, author: found.author }
}

/** Makes others who would change it wait. */
export async function findProjectForUpdate(tx: TenantTx, id: string): Promise<ProjectRow | undefined> {
  const [row] = await tx.select().from(projects).where(eq(projects.id, id)).for('update')
  return row
}

/** By id or by slug, for callers. */
export async function findProjectNamed(tx: TenantTx, name: string): Promise<ProjectRow | undefined> {
  const [row] = await tx
    .select()
    .from(projects)
    .where(or(eq(sql`${projects.id}::text`, name.toLowerCase()), eq(projects.slug, name.toLowerCase())))
  return row
}

export async function listSlugs(tx: TenantTx): Promise<string[]> {
  const rows = await tx
    .select({ slug: projects.slug })
    .from(projects)
    .where(isNull(projects.archivedAt))
    .orderBy(asc(projects.slug))
  return rows.map(({ slug }) => slug)
}

export async function countProjects(tx: TenantTx): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(projects)
  return row?.count ?? 0
}

/** @returns false where the slug is taken */
export async function insertProject(tx: TenantTx, row: ProjectRow): Promise<boolean> {
  const rows = await tx.insert(projects).values(row).onConflictDoNothing().returning({ id: projects.id })
  return rows.length > 0
}

export async function updateProject(
  tx: TenantTx,
  id: string,
  to: Pick<ProjectRow, 'name' | 'slug' | 'description' | 'archivedAt' | 'updatedAt'>,
): Promise<void> {
  await tx.update(projects).set(to).where(eq(projects.id, id))
}

/** Whether a project takes calls; of a key's, before there is a tenant. */
export async function isProjectOpen(tx: SystemTx, organizationId: string, id: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: projects.id })
    .from(projects)
    .where(and(eq(projects.organizationId, organizationId), eq(projects.id, id), isNull(projects.archivedAt)))
  return row !== undefined
}
