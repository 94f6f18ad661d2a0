import type { z } from '@hono/zod-openapi'
import type { Permission } from '../../../../platform/auth/permissions.ts'
import type { Caller } from '../../../../platform/context.ts'
import type { PassageRow } from '../../../knowledge/index.ts'
import type { Assistants } from '../../assistants.ts'
import type { AssistantDefinition, ToolName } from '../../definition.ts'

/** What an assistant can do beside writing. It is done as whoever asked for the run, with their rights of that moment. */
export interface Tool<Arguments extends object = Record<string, unknown>> {
  readonly name: ToolName
  /** For the model. */
  readonly description: string
  readonly permission: Permission
  /** Whether it changes something: then a person decides about each call. */
  readonly writes: boolean
  readonly arguments: z.ZodType<Arguments>
  run(context: ToolContext, given: Arguments): Promise<ToolResult>
}

export interface ToolContext {
  readonly assistants: Assistants
  readonly caller: Caller
  readonly definition: AssistantDefinition
  /** Names this call: the same when it is done again. */
  readonly callId: string
  readonly signal: AbortSignal
}

export interface ToolResult {
  /** What the model reads. */
  readonly text: string
  /** Passages that it reads too, which the answer may cite. */
  readonly passages?: readonly FoundPassage[]
}

/** A passage that this run has retrieved. */
export type FoundPassage = Pick<
  PassageRow,
  'id' | 'documentId' | 'documentName' | 'page' | 'heading' | 'text' | 'startOffset' | 'endOffset'
>

/** Folds the type of the arguments away; they are parsed with the tool's own schema before it runs. */
export function defineTool<Arguments extends object>(tool: Tool<Arguments>): Tool {
  return tool as unknown as Tool
}

export function foundPassage(row: PassageRow): FoundPassage {
  const { id, documentId, documentName, page, heading, text, startOffset, endOffset } = row
  return { id, documentId, documentName, page, heading, text, startOffset, endOffset }
}
