import type { Caller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import type { PromptMessage, PromptParameters, PromptVariable } from './contract.ts'
import { type CalledPrompt, findCalledPrompt, findVersion } from './store.ts'

/**
 * The prompts that calls are made with, remembered in this process so that a call asks the database for nothing.
 *
 * What an organization's prompts are is kept under its id and read in its own transaction, so nobody's call can find
 * another's. A change drops all of it: on this node with the change, on the others by the news of it. News can be lost,
 * so it is forgotten after five seconds anyway.
 * Invariants: what was read before the drop does not enter the memory after it; versions never change, and are found
 * only through a prompt that is there; unknown names are not remembered.
 */
export interface Prompts {
  readonly platform: Platform
  /** By id, or by name without regard to case. */
  find(caller: Caller, by: { id: string } | { name: string }): Promise<CalledPrompt | undefined>
  version(caller: Caller, promptId: string, number: number): Promise<VersionContent | undefined>
  /** Forgets what an organization's prompts are, here and on every node. Called after a change is committed. */
  changed(caller: Caller): Promise<void>
  /** Hears of the changes on other nodes. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface VersionContent {
  number: number
  messages: readonly PromptMessage[]
  variables: readonly PromptVariable[]
  model: string | null
  parameters: PromptParameters
}

interface Kept {
  untilMs: number
  prompts: Map<string, CalledPrompt>
  versions: Map<string, VersionContent>
  characters: number
}

const keptMs = 5_000
/** Of all organizations together, about; then all is forgotten and read again as it is needed. */
const mostCharacters = 32_000_000
const channel = 'prompts.changed'

export function createPrompts(platform: Platform): Prompts {
  const kept = new Map<string, Kept>()
  let characters = 0
  let listening: Promise<(() => Promise<void>)[]> | undefined

  function memoryOf(organizationId: string): Kept {
    const nowMs = platform.clock.now().getTime()
    const known = kept.get(organizationId)
    if (known && known.untilMs > nowMs && nowMs >= known.untilMs - keptMs) return known
    drop(organizationId)
    const fresh: Kept = { untilMs: nowMs + keptMs, prompts: new Map(), versions: new Map(), characters: 0 }
    kept.set(organizationId, fresh)
    return fresh
  }

  function drop(organizationId: string): void {
    characters -= kept.get(organizationId)?.characters ?? 0
    kept.delete(organizationId)
  }

  function dropAll(): void {
    kept.clear()
    characters = 0
  }

  /** A memory that was dropped meanwhile is no longer the one that calls look into. */
  function count(organizationId: string, memory: Kept, added: number): void {
    if (kept.get(organizationId) !== memory) return
    memory.characters += added
    characters += added
    if (characters > mostCharacters) dropAll()
  }

  return {
    platform,
    async find(caller, by) {
      const { organizationId } = caller
      const memory = organizationId === null ? undefined : memoryOf(organizationId)
      const key = 'id' in by ? `id ${by.id}` : `name ${by.name.toLowerCase()}`
      const known = memory?.prompts.get(key)
      if (known) return known
      const found = await readTenant(platform, caller, ({ tx }) => findCalledPrompt(tx, by))
      if (found && memory && organizationId !== null) {
        memory.prompts.set(key, found)
        count(organizationId, memory, 500)
      }
      return found
    },
    async version(caller, promptId, number) {
      const { organizationId } = caller
      const memory = organizationId === null ? undefined : memoryOf(organizationId)
      const key = `${promptId}@${number}`
      const known = memory?.versions.get(key)
      if (known) return known
      const row = await readTenant(platform, caller, ({ tx }) => findVersion(tx, promptId, number))
      if (!row) return undefined
      const { messages, variables, model, parameters } = row
      const content = { number, messages, variables, model, parameters }
      if (memory && organizationId !== null) {
        memory.versions.set(key, content)
        count(organizationId, memory, JSON.stringify(content).length)
      }
      return content
    },
    async changed({ organizationId }) {
      if (organizationId === null) return
      drop(organizationId)
      await platform.pubSub.publish(channel, organizationId)
    },
    async start() {
      listening ??= platform.pubSub.subscribe(channel, drop).then((unsubscribe) => {
        const offGap = platform.pubSub.onGap(dropAll)
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
