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

export const graphNames = ['retrieval', 'project-assistant'] as const
export type GraphName = (typeof graphNames)[number]

export const toolNames = [
  'search_knowledge',
  'read_document',
  'list_conversations',
  'create_document',
] as const
export type ToolName = (typeof toolNames)[number]
