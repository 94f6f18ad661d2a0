import type { ProviderTraits } from '../adapters/provider.ts'
import type { ChatMessage, ChatRequest } from '../contract.ts'
import type { ResponseRequest } from '../responses-contract.ts'
import type { ResponseItem } from '../responses-items.ts'
import { toChatMessages } from './responses-messages.ts'

/**
 * A request of the Responses API as the chat request that says the same, for a provider of these traits.
 * @param items the conversation: the turns before, and what is new
 */
export function responseToChat(
  request: ResponseRequest,
  items: readonly ResponseItem[],
  { id, traits }: { id: string; traits: ProviderTraits },
): ChatRequest {
  const { instructions, service_tier: tier, max_output_tokens: cap } = request
  const system: ChatMessage[] = instructions ? [{ role: 'system', content: instructions }] : []
  const user = request.user ?? request.safety_identifier
  const { effort } = request.reasoning ?? {}
  return {
    model: id,
    messages: [...system, ...toChatMessages(items, traits)],
    ...(typeof cap === 'number' ? { [traits.outputCap]: cap } : {}),
    ...(typeof request.temperature === 'number' ? { temperature: request.temperature } : {}),
    ...(typeof request.top_p === 'number' ? { top_p: request.top_p } : {}),
    ...(effort ? { reasoning_effort: effort } : {}),
    ...(tier && tier !== 'auto' ? { service_tier: tier } : {}),
    ...(user ? { user } : {}),
    ...toolFields(request),
    ...formatField(request),
  }
}

type Tools = NonNullable<ResponseRequest['tools']>

function toolFields(
  request: ResponseRequest,
): Pick<ChatRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'> {
  const { tools: offered, tool_choice: choice, parallel_tool_calls: parallel } = request
  if (!offered || offered.length === 0) return {}
  return {
    tools: allowedOf(offered, choice).map((tool) => ({
      type: 'function',
      function: {
        name: tool.name,
        ...(tool.description ? { description: tool.description } : {}),
        ...(tool.parameters ? { parameters: tool.parameters } : {}),
        ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
      },
    })),
    ...(choice ? { tool_choice: toChatChoice(choice) } : {}),
    ...(parallel === false ? { parallel_tool_calls: false } : {}),
  }
}

/** A choice among some is made by offering only those. */
function allowedOf(offered: Tools, choice: ResponseRequest['tool_choice']): Tools {
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return offered
  const names = new Set(choice.tools.map(({ name }) => name))
  return offered.filter(({ name }) => names.has(name))
}

function toChatChoice(choice: NonNullable<ResponseRequest['tool_choice']>): ChatRequest['tool_choice'] {
  if (typeof choice === 'string') return choice
  if (choice.type === 'allowed_tools') return choice.mode
  return { type: 'function', function: { name: choice.name } }
}

function formatField({ text }: ResponseRequest): Pick<ChatRequest, 'response_format'> {
  const format = text?.format
  if (!format || format.type === 'text') return {}
  if (format.type === 'json_object') return { response_format: { type: 'json_object' } }
  return {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: format.name,
        schema: format.schema,
        ...(format.description ? { description: format.description } : {}),
        ...(typeof format.strict === 'boolean' ? { strict: format.strict } : {}),
      },
    },
  }
}
