import type { GraphName, ToolName } from './contract.ts'

export type { GraphName, ToolName }

/** What one version of an assistant is. */
export interface AssistantDefinition {
  readonly instructions: string
  /** An alias or a model; null for the organization's default. */
  readonly model: string | null
  readonly graph: GraphName
  /** What it may search; null for all that whoever runs it may read. */
  readonly collectionIds: readonly string[] | null
  readonly tools: readonly ToolName[]
  /** Calls of the model in one run. */
  readonly stepLimit: number
  /** What one run may cost, in nano-dollars as a decimal number; null for no limit beside the budgets. */
  readonly costLimitNanos: string | null
}
