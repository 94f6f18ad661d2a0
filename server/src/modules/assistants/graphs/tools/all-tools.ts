import { z } from '@hono/zod-openapi'
import type { ToolName } from '../../definition.ts'
import { createDocument } from './create-document.ts'
import { listConversationsTool } from './list-conversations.ts'
import { readDocumentTool } from './read-document.ts'
import { searchKnowledge } from './search-knowledge.ts'
import type { Tool } from './tool.ts'

const all: readonly Tool[] = [searchKnowledge, readDocumentTool, listConversationsTool, createDocument]

/** The tool of a name, where the assistant may use it. */
export function findTool(allowed: readonly ToolName[], name: string): Tool | undefined {
  return all.find((tool) => tool.name === name && allowed.includes(tool.name))
}

/** The tools an assistant may use, as models are told of them. */
export function describeTools(allowed: readonly ToolName[]) {
  return all
    .filter(({ name }) => allowed.includes(name))
    .map(({ name, description, arguments: schema }) => ({
      type: 'function' as const,
      function: { name, description, parameters: parametersOf(schema) },
    }))
}

function parametersOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema, { io: 'input' })
  return parameters
}

/** All tools, for whoever puts an assistant together. */
export function presentTools() {
  return all.map(({ name, description, permission, writes }) => ({ name, description, permission, writes }))
}
