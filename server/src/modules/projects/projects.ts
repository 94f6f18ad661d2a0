import type { HeaderReader } from '../../platform/auth/credentials.ts'
import type { Caller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import { keyOfOtherProject, projectArchived, projectNotFound } from './errors.ts'
import { nearestSlugs } from './rules/nearest-slugs.ts'
import { findProjectNamed, listSlugs, type ProjectRow } from './store.ts'

/**
 * The projects that callers name, remembered in this process so that a call asks the database for nothing.
 *
 * They are kept under the organization's id and read in its own transaction. A change drops them: on this node with the
 * change, on the others by the news of it; news can be lost, so they are forgotten after five seconds anyway.
 * Invariants: what was read before the drop does not enter the memory after it; unknown names are not remembered.
 */
export interface Projects {
  readonly platform: Platform
  /**
   * The caller, for the project that the header `OpenAI-Project` names by id or slug; without it, for their key's.
   * @throws projects.project_not_found (404) with the nearest names, projects.project_archived (409), projects.key_of_other_project (403)
   */
  callerFor(caller: Caller, headers: HeaderReader): Promise<Caller>
  /** After a change is committed. */
  changed(caller: Caller): Promise<void>
  /** Hears of the changes on other nodes. */
  start(): Promise<void>
  stop(): Promise<void>
}

export const projectHeader = 'openai-project'

type Known = Pick<ProjectRow, 'id' | 'slug' | 'archivedAt'>
interface Kept {
  untilMs: number
  byName: Map<string, Known>
}

const keptMs = 5_000
const mostOrganizations = 10_000
const channel = 'projects.changed'

export function createProjects(platform: Platform): Projects {
  const kept = new Map<string, Kept>()
  let listening: Promise<(() => Promise<void>)[]> | undefined

  function memoryOf(organizationId: string): Kept {
    const nowMs = platform.clock.now().getTime()
    const known = kept.get(organizationId)
    if (known && known.untilMs > nowMs && nowMs >= known.untilMs - keptMs) return known
    if (kept.size >= mostOrganizations) kept.clear()
    const fresh = { untilMs: nowMs + keptMs, byName: new Map<string, Known>() }
    kept.set(organizationId, fresh)
    return fresh
  }

  async function find(caller: Caller, organizationId: string, name: string): Promise<Known> {
    const memory = memoryOf(organizationId)
    const known = memory.byName.get(name.toLowerCase())
    if (known) return known
    const found = await readTenant(platform, caller, ({ tx }) => findProjectNamed(tx, name))
    if (!found) throw await unknown(caller, name)
    memory.byName.set(name.toLowerCase(), found)
    return found
  }

  async function unknown(caller: Caller, name: string): Promise<Error> {
    const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name
    // Who may not see the projects learns none of their names.
    const nearest = caller.permissions.has('read:projects')
      ? nearestSlugs(name, await readTenant(platform, caller, ({ tx }) => listSlugs(tx)))
      : []
    const hint = nearest.length > 0 ? ` Did you mean ${nearest.map((one) => `'${one}'`).join(' or ')}?` : ''
    return projectNotFound({
      message: `There is no project '${shown}' here, which the header OpenAI-Project names.${hint}`,
      details: { project: shown, nearest },
    })
  }

  return {
    platform,
    async callerFor(caller, headers) {
      const name = headers.get(projectHeader)?.trim() ?? ''
      if (name === '' || caller.organizationId === null) return caller
      const { id, slug, archivedAt } = await find(caller, caller.organizationId, name)
      if (caller.projectId !== null && caller.projectId !== id)
        throw keyOfOtherProject({
          message: `This API key belongs to another project than '${slug}'. Leave out the header OpenAI-Project, or use a key of that project.`,
        })
      if (archivedAt !== null) throw projectArchived({ message: `The project '${slug}' is archived.` })
      return { ...caller, projectId: id }
    },
    async changed({ organizationId }) {
      if (organizationId === null) return
      kept.delete(organizationId)
      await platform.pubSub.publish(channel, organizationId)
    },
    async start() {
      listening ??= platform.pubSub
        .subscribe(channel, (organizationId) => void kept.delete(organizationId))
        .then((unsubscribe) => {
          const offGap = platform.pubSub.onGap(() => kept.clear())
          return [unsubscribe, async () => offGap()]
        })
      await listening
    },
    async stop() {
      const undo = await listening
      listening = undefined
      for (const one of undo ?? []) await one()
    },
  }
}
