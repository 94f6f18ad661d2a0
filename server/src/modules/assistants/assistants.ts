import type { Caller } from '../../platform/context.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Gateway } from '../gateway/index.ts'
import type { Knowledge } from '../knowledge/index.ts'
import { recallCaller } from '../queued-calls/index.ts'
import type { RunRow } from './run-store.ts'

/**
 * What runs of assistants are made with, and those that this process goes on with at the moment.
 *
 * A run: queued → running ⇄ waiting (for a person) → done | failed | stopped. It belongs to no request; a job takes it
 * from where it stands, on whichever node, until it ends or has to wait.
 */
export interface Assistants {
  readonly platform: Platform
  readonly gateway: Gateway
  readonly knowledge: Knowledge
  readonly running: Map<string, AbortController>
}

export interface RunRef {
  organizationId: string
  id: string
}

export const advanceJob = { name: 'assistants.advance-run' }
export const stopChannel = 'assistants:stop'
export const nudgeChannel = (runId: string) => `run:${runId}`

export function createAssistants(knowledge: Knowledge): Assistants {
  const { platform, gateway } = knowledge
  return { platform, gateway, knowledge, running: new Map() }
}

/** Tells readers on every node that there is more of a run to read. */
export function nudge({ platform }: Assistants, runId: string): Promise<void> {
  return platform.pubSub.publish(nudgeChannel(runId), '')
}

/** Who asked for a run, with what they may do at this moment; undefined where that is nothing any more. */
export function callerOfRun(
  { platform }: Assistants,
  run: Pick<RunRow, 'organizationId' | 'id' | 'apiKeyId' | 'userId' | 'createdAt'>,
): Promise<Caller | undefined> {
  return recallCaller(platform, { ...run, requestId: run.id })
}
