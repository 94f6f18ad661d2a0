import { Command } from '@langchain/langgraph'
import { systemCaller } from '../../../platform/context.ts'
import { readDecisions } from '../ask-for-approvals.ts'
import type { GraphName } from '../definition.ts'
import type { HeldRun } from '../perform-step.ts'
import { TenantSaver } from './checkpoints/tenant-saver.ts'
import { projectAssistantGraph } from './project-assistant.ts'
import { retrievalGraph } from './retrieval.ts'
import type { MarkedPassage } from './state.ts'

export type Advanced =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'answered'; readonly text: string; readonly passages: readonly MarkedPassage[] }

/** More than any step limit needs: the run's own limit ends it, and says so. */
const recursionLimit = 1_000

/**
 * Goes on with a run from its last checkpoint until it has an answer or has to wait for a person. Each step of the graph is
 * stored before the next begins.
 */
export async function advanceGraph(held: HeldRun, question: string): Promise<Advanced> {
  const { assistants, run, signal } = held
  const checkpointer = new TenantSaver(assistants.platform, systemCaller(run.organizationId, run.id), run.id)
  const isLanguageModel = !run.model.startsWith('local/')
  const builder = builderOf(run.graph, run.graphVersion)
  const graph = builder(held, isLanguageModel).compile({ checkpointer })
  const config = {
    configurable: { thread_id: run.id },
    durability: 'sync' as const,
    recursionLimit,
    callbacks: [],
    signal,
  }
  const before = await graph.getState(config)
  const isWaiting = [...(await readDecisions(held)).values()].some(({ state }) => state === 'waiting')
  if (isWaiting) return { kind: 'waiting' }
  const isInterrupted = before.tasks.some(({ interrupts }) => interrupts.length > 0)
  const hasBegun = before.config.configurable?.checkpoint_id !== undefined
  const input = isInterrupted ? resume() : hasBegun ? null : { question }
  await graph.invoke(input, config)
  const { values, next } = await graph.getState(config)
  if (next.length > 0) return { kind: 'waiting' }
  // The state of `RunState`, which LangGraph gives as whatever it holds.
  const { answer, passages } = values as { answer?: string; passages?: MarkedPassage[] }
  return { kind: 'answered', text: answer ?? '', passages: passages ?? [] }
}

/** The inbox says what was decided; going on needs no more than the word. Both graphs take it, whatever their nodes are called. */
function resume(): Command<never, never, never> {
  return new Command({ resume: true }) as unknown as Command<never, never, never>
}

type Builder = (
  held: HeldRun,
  isLanguageModel: boolean,
) => ReturnType<typeof retrievalGraph> | ReturnType<typeof projectAssistantGraph>

/** By name and version: a run goes on with the graph it was begun with. A graph that changes its nodes is a new version. */
const builders: Readonly<Record<GraphName, Readonly<Record<number, Builder>>>> = {
  retrieval: { 1: retrievalGraph },
  'project-assistant': { 1: projectAssistantGraph },
}

function builderOf(name: string, version: number): Builder {
  const versions = Object.entries(builders).find(([known]) => known === name)?.[1]
  const builder = versions?.[version]
  if (!builder) throw new Error(`There is no graph ${name} of version ${version}.`)
  return builder
}
