import type { Platform } from '../../platform/platform.ts'
import type { Gateway } from '../gateway/index.ts'
import type { Prompts } from '../prompts/index.ts'
import { createRunningCalls, type RunningCalls } from './running-calls.ts'

/** What calls that are answered later are answered with. */
export interface QueuedCalls {
  readonly platform: Platform
  readonly gateway: Gateway
  readonly prompts: Prompts
  readonly running: RunningCalls
}

export function createQueuedCalls(on: Omit<QueuedCalls, 'running'>): QueuedCalls {
  return { ...on, running: createRunningCalls(on.platform) }
}

/** How long an answer is kept once it is there, and how long a call may wait for one. */
export const keptMs = 24 * 3_600_000

/** The jobs, by the names they are sent under; the payload is a `QueuedCallRef`. */
export const answerJob = { name: 'queued-calls.answer-call' }
export const deliverJob = { name: 'queued-calls.deliver-webhook' }

export interface QueuedCallRef {
  organizationId: string
  id: string
}
