import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, TenantTx } from '../../platform/db/types.ts'
import type { LabelState } from './rules/choose-version.ts'
import { prompts, promptVersions } from './tables.ts'

export type PromptRow = typeof prompts.$inferSelect
export type VersionRow = typeof promptVersions.$inferSelect

/** Who did something, by the name they have now; null where nobody here is known for it. */
export type PersonName = { id: string; name: string } | null

const personNamed = (id: SQL | typeof prompts.createdBy | typeof promptVersions.createdBy) =>
  sql<PersonName>`(select jsonb_build_object('id', id, 'name', name) from freehold.users where users.id = ${id})`

const promptColumns = { row: prompts, createdBy: personNamed(prompts.createdBy) }

export type NamedPrompt = PromptRow & { author: PersonName }

export interface PromptFilter {
  text: string | undefined
  folder: string | undefined
  archived: boolean
}

/** By name, without regard to case. */
export async function listPrompts(
  tx: TenantTx,
  filter: PromptFilter,
  page: { limit: number; afterName: string | undefined },
): Promise<NamedPrompt[]> {
  const pattern = filter.text === undefined ? undefined : `%${escapeLike(filter.text)}%`
  const rows = await tx
    .select(promptColumns)
    .from(prompts)
    .where(
      and(
        filter.archived ? isNotNull(prompts.archivedAt) : isNull(prompts.archivedAt),
        pattern === undefined
          ? undefined
          : or(sql`${prompts.name} ilike ${pattern}`, sql`${prompts.description} ilike ${pattern}`),
        filter.folder === undefined ? undefined : inFolder(filter.folder),
        page.afterName === undefined ? undefined : gt(sql`lower(${prompts.name})`, page.afterName),
      ),
    )
    .orderBy(asc(sql`lower(${prompts.name})`))
    .limit(page.limit + 1)
  return rows.map(({ row, createdBy }) => ({ ...row, author: createdBy }))
}

/** In the folder or below it; every prompt is below the one without a name. */
function inFolder(folder: string): SQL | undefined {
  if (folder === '') return undefined
  return or(eq(prompts.folder, folder), sql`${prompts.folder} like ${`${escapeLike(folder)}/%`}`)
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}

export async function findPrompt(tx: TenantTx, id: string): Promise<NamedPrompt | undefined> {
  const [found] = await tx.select(promptColumns).from(prompts).where(eq(prompts.id, id))
  return found && { ...found.row, author: found.createdBy }
}

/** Makes others who would change the prompt, its versions or its labels wait. */
export async function findPromptForUpdate(tx: TenantTx, id: string): Promise<PromptRow | undefined> {
  const [row] = await tx.select().from(prompts).where(eq(prompts.id, id)).for('update')
  return row
}

export async function findPromptByName(tx: TenantTx, name: string): Promise<PromptRow | undefined> {
  const [row] = await tx
    .select()
    .from(prompts)
    .where(eq(sql`lower(${prompts.name})`, name.toLowerCase()))
  return row
}

/** Of prompts that can be called. */
export async function listPromptNames(tx: TenantTx, limit: number): Promise<string[]> {
  const rows = await tx
    .select({ name: prompts.name })
    .from(prompts)
    .where(isNull(prompts.archivedAt))
    .orderBy(asc(sql`lower(${prompts.name})`))
    .limit(limit)
  return rows.map(({ name }) => name)
}

/** The ids of the prompts in a folder and below it, or of the one that is named. */
export async function listPromptIds(
  tx: TenantTx,
  which: { folder?: string | undefined; promptId?: string | undefined },
): Promise<string[]> {
  const rows = await tx
    .select({ id: prompts.id })
    .from(prompts)
    .where(
      and(
        which.folder === undefined ? undefined : inFolder(which.folder),
        which.promptId === undefined ? undefined : eq(prompts.id, which.promptId),
      ),
    )
    .orderBy(asc(sql`lower(${prompts.name})`))
  return rows.map(({ id }) => id)
}

export async function countPrompts(tx: TenantTx): Promise<number> {
  return tx.$count(prompts)
}

/** @returns false when the name is taken */
export async function insertPrompt(tx: TenantTx, row: PromptRow): Promise<boolean> {
  const rows = await tx.insert(prompts).values(row).onConflictDoNothing().returning({ id: prompts.id })
  return rows.length > 0
}

export async function updatePrompt(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<PromptRow, 'organizationId' | 'id'>>,
): Promise<void> {
  await tx.update(prompts).set(change).where(eq(prompts.id, id))
}

/** Its versions, labels and their history go with it. */
export async function deletePrompt(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(prompts).where(eq(prompts.id, id))
}

export async function listFolders(tx: TenantTx): Promise<{ path: string; prompts: number }[]> {
  const rows = await rowsOf<{ path: string; prompts: number | string }>(
    tx,
    sql`select folder as path, count(*) as prompts from freehold.prompts
      where folder <> '' and archived_at is null group by folder order by folder`,
  )
  return rows.map(({ path, prompts: count }) => ({ path, prompts: Number(count) }))
}

/** Folders that would become longer than they may be. */
export async function updateFolder(tx: TenantTx, from: string, to: string, now: Date): Promise<string[]> {
  const rest = sql`substr(folder, ${from.length + 1}::int)`
  const moved = to === '' ? sql`ltrim(${rest}, '/')` : sql`${to}::text || ${rest}`
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`update freehold.prompts set folder = ${moved}, updated_at = ${now.toISOString()}::timestamptz
      where ${inFolder(from)} returning id`,
  )
  return rows.map(({ id }) => id)
}

// ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertVersions(tx: TenantTx, rows: VersionRow[]): Promise<void> {
  await tx.insert(promptVersions).values(rows)
}

export async function findVersion(
  tx: TenantTx,
  promptId: string,
  number: number,
): Promise<(VersionRow & { author: PersonName }) | undefined> {
  const [found] = await tx
    .select({ row: promptVersions, author: personNamed(promptVersions.createdBy) })
    .from(promptVersions)
    .where(and(eq(promptVersions.promptId, promptId), eq(promptVersions.number, number)))
  return found && { ...found.row, author: found.author }
}

export type VersionSummary = Pick<VersionRow, 'number' | 'model' | 'note' | 'createdAt'> & {
  author: PersonName
}

/** The newest first. */
export async function listVersions(
  tx: TenantTx,
  promptId: string,
  page: { limit: number; beforeNumber: number | undefined },
): Promise<VersionSummary[]> {
  return tx
    .select({
      number: promptVersions.number,
      model: promptVersions.model,
      note: promptVersions.note,
      createdAt: promptVersions.createdAt,
      author: personNamed(promptVersions.createdBy),
    })
    .from(promptVersions)
    .where(
      and(
        eq(promptVersions.promptId, promptId),
        page.beforeNumber === undefined ? undefined : lt(promptVersions.number, page.beforeNumber),
      ),
    )
    .orderBy(desc(promptVersions.number))
    .limit(page.limit + 1)
}

/** All versions of prompts, the oldest first. */
export async function listWholeVersions(tx: TenantTx, promptIds: readonly string[]): Promise<VersionRow[]> {
  if (promptIds.length === 0) return []
  return tx
    .select()
    .from(promptVersions)
    .where(inArray(promptVersions.promptId, [...promptIds]))
    .orderBy(asc(promptVersions.promptId), asc(promptVersions.number))
}

/** About how many bytes the versions of prompts are. */
export async function sumVersionBytes(tx: TenantTx, promptIds: readonly string[]): Promise<number> {
  if (promptIds.length === 0) return 0
  const [row] = await tx
    .select({
      bytes: sql<string>`coalesce(sum(octet_length(messages::text) + octet_length(parameters::text)), 0)`,
    })
    .from(promptVersions)
    .where(inArray(promptVersions.promptId, [...promptIds]))
  return Number(row?.bytes ?? 0)
}

/** What somebody wrote, the newest first. */
export async function listVersionsOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<(VersionRow & { name: string })[]> {
  const rows = await tx
    .select({ row: promptVersions, name: prompts.name })
    .from(promptVersions)
    .innerJoin(prompts, eq(prompts.id, promptVersions.promptId))
    .where(
      and(
        eq(promptVersions.createdBy, userId),
        page.beforeId === undefined ? undefined : lt(promptVersions.id, page.beforeId),
      ),
    )
    .orderBy(desc(promptVersions.id))
    .limit(page.limit)
  return rows.map(({ row, name }) => ({ ...row, name }))
}

// ── for a call ────────────────────────────────────────────────────────────────────────────────────────────────

/** What a call needs to know of a prompt to choose its version. */
export interface CalledPrompt {
  id: string
  name: string
  archived: boolean
  latestVersion: number
  labels: LabelState[]
}

interface RawCalledPrompt extends Row {
  id: string
  name: string
  archived: boolean
  latest_version: number
  labels: LabelState[] | null
}

/** In one statement, with its labels. */
export async function findCalledPrompt(
  tx: TenantTx,
  by: { id: string } | { name: string },
): Promise<CalledPrompt | undefined> {
  const which = 'id' in by ? sql`p.id = ${by.id}::uuid` : sql`lower(p.name) = ${by.name.toLowerCase()}::text`
  const [row] = await rowsOf<RawCalledPrompt>(
    tx,
    sql`select p.id, p.name, p.archived_at is not null as archived, p.latest_version,
      (select jsonb_agg(jsonb_build_object('label', l.label, 'version', l.version,
          'canaryVersion', l.canary_version, 'canaryPercent', l.canary_percent))
        from freehold.prompt_labels l where l.prompt_id = p.id) as labels
      from freehold.prompts p where ${which}`,
  )
  if (!row) return undefined
  const { id, name, archived, latest_version: latestVersion, labels } = row
  return { id, name, archived, latestVersion, labels: labels ?? [] }
}
