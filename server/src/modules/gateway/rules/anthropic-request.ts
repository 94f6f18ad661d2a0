import type { ProviderTraits } from '../adapters/provider.ts'
import type {
  ImageBlock,
  MessagePrompt,
  MessageRequest,
  TextBlock,
  ToolResultBlock,
} from '../anthropic-contract.ts'
import type { ChatMessage, ChatRequest } from '../contract.ts'
import { fieldNotSupported } from '../errors.ts'

/**
 * Anthropic's request as the chat request that says the same to a provider of these traits. Told in other words, because
 * OpenAI's protocol has none of its own: an image in a tool's result comes in a user message behind the results; a
 * failed tool says so in the text of its result; text behind a tool call stands before it.
 * @throws field_not_supported (400) for what the provider could not be told
 */
export function toChatRequest(
  request: MessageRequest,
  model: { id: string; traits: ProviderTraits },
): ChatRequest {
  const { traits } = model
  const { top_k: topK, service_tier: tier, stop_sequences: stops } = request
  if (typeof topK === 'number' && !traits.topK) {
    throw fieldNotSupported({
      message: `top_k is not supported: the provider of the model '${model.id}' has no such setting.`,
      details: { param: 'top_k' },
    })
  }
  return {
    ...toChatPrompt(request, model),
    [traits.outputCap]: request.max_tokens,
    ...(typeof topK === 'number' ? { top_k: topK } : {}),
    ...(stops && stops.length > 0 ? { stop: stops } : {}),
    ...(typeof request.temperature === 'number' ? { temperature: request.temperature } : {}),
    ...(typeof request.top_p === 'number' ? { top_p: request.top_p } : {}),
    ...(request.metadata?.user_id ? { user: request.metadata.user_id } : {}),
    ...(tier === 'standard_only' ? { service_tier: 'default' as const } : {}),
    ...(request.stream === true ? { stream: true } : {}),
  }
}

/** The part of the request that a model reads: what a count of tokens counts. */
export function toChatPrompt(
  prompt: MessagePrompt,
  { id, traits }: { id: string; traits: ProviderTraits },
): ChatRequest {
  const { system, tools, tool_choice: choice, output_config: output } = prompt
  const messages: ChatMessage[] = []
  if (typeof system === 'string' || (system && system.length > 0))
    messages.push({ role: 'system', content: textContent(system, traits) })
  for (const message of prompt.messages) messages.push(...toChatMessages(message, traits))
  return {
    model: id,
    messages,
    ...marked(prompt, traits),
    ...(tools && tools.length > 0 ? { tools: tools.map((tool) => toChatTool(tool, traits)) } : {}),
    ...(choice ? toChatToolChoice(choice) : {}),
    ...(output?.format
      ? {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: 'answer', schema: output.format.schema, strict: true },
          },
        }
      : {}),
  }
}

function toChatMessages(message: MessagePrompt['messages'][number], traits: ProviderTraits): ChatMessage[] {
  if (typeof message.content === 'string') return [{ role: message.role, content: message.content }]
  if (message.role === 'user') return userMessages(message.content, traits)
  if (message.role === 'system') return [{ role: 'system', content: textContent(message.content, traits) }]
  const texts: TextBlock[] = []
  const calls: NonNullable<ChatMessage['tool_calls']> = []
  for (const block of message.content) {
    if (block.type === 'text') texts.push(block)
    else {
      const { name, input } = block
      calls.push({ id: block.id, type: 'function', function: { name, arguments: JSON.stringify(input) } })
    }
  }
  const content = texts.length > 0 ? textContent(texts, traits) : calls.length > 0 ? null : ''
  return [{ role: 'assistant', content, ...(calls.length > 0 ? { tool_calls: calls } : {}) }]
}

type UserBlock = TextBlock | ImageBlock | ToolResultBlock
type ContentPart = Exclude<ChatMessage['content'], string | null | undefined>[number]

function userMessages(blocks: readonly UserBlock[], traits: ProviderTraits): ChatMessage[] {
  const messages: ChatMessage[] = []
  const parts: ContentPart[] = []
  for (const block of blocks) {
    if (block.type !== 'tool_result') {
      parts.push(toPart(block, traits))
      continue
    }
    messages.push({
      role: 'tool',
      tool_call_id: block.tool_use_id,
      content: textContent(resultTexts(block), traits),
    })
    const images = imagesOf(block)
    if (images.length > 0) parts.push({ type: 'text', text: `Images in the result of ${block.tool_use_id}:` })
    for (const image of images) parts.push(toPart(image, traits))
  }
  if (parts.length > 0 || messages.length === 0) messages.push({ role: 'user', content: plainOf(parts) })
  return messages
}

function imagesOf({ content }: ToolResultBlock): ImageBlock[] {
  return Array.isArray(content) ? content.filter((block) => block.type === 'image') : []
}

/** The text of a result: never empty where it failed or holds images, and marked as its block is. */
function resultTexts(block: ToolResultBlock): TextBlock[] {
  const { content } = block
  const said = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? [])
  const texts: TextBlock[] = said.filter((one) => one.type === 'text')
  if (imagesOf(block).length > 0) texts.push({ type: 'text', text: 'The images follow the results.' })
  if (block.is_error === true) texts.unshift({ type: 'text', text: 'The tool failed.' })
  const last = texts.at(-1) ?? { type: 'text', text: '' }
  // A mark on the result covers all of it, as one on its last part does.
  return [...texts.slice(0, -1), block.cache_control ? { ...last, cache_control: block.cache_control } : last]
}

function textContent(content: string | readonly TextBlock[], traits: ProviderTraits): ChatMessage['content'] {
  if (typeof content === 'string') return content
  return plainOf(content.map((block) => toPart(block, traits)))
}

/** One text without a mark as the string that every server takes; else the parts. */
function plainOf(parts: readonly ContentPart[]): string | ContentPart[] {
  const [first, ...others] = parts
  if (first === undefined) return ''
  const isPlain = others.length === 0 && first.type === 'text' && first.cache_control === undefined
  return isPlain && typeof first.text === 'string' ? first.text : [...parts]
}

function toPart(block: TextBlock | ImageBlock, traits: ProviderTraits): ContentPart {
  if (block.type === 'text') return { type: 'text', text: block.text, ...marked(block, traits) }
  const { source } = block
  const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`
  return { type: 'image_url', image_url: { url }, ...marked(block, traits) }
}

function marked(
  { cache_control: mark }: Pick<TextBlock, 'cache_control'>,
  traits: ProviderTraits,
): { cache_control?: unknown } {
  return mark && traits.cacheControl ? { cache_control: mark } : {}
}

type Tool = NonNullable<MessagePrompt['tools']>[number]

function toChatTool(tool: Tool, traits: ProviderTraits): NonNullable<ChatRequest['tools']>[number] {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description ? { description: tool.description } : {}),
      parameters: tool.input_schema,
      ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
    },
    ...marked(tool, traits),
  }
}

function toChatToolChoice(
  choice: NonNullable<MessagePrompt['tool_choice']>,
): Pick<ChatRequest, 'tool_choice' | 'parallel_tool_calls'> {
  if (choice.type === 'none') return { tool_choice: 'none' }
  const oneAtATime = choice.disable_parallel_tool_use === true ? { parallel_tool_calls: false } : {}
  if (choice.type === 'tool')
    return { tool_choice: { type: 'function', function: { name: choice.name } }, ...oneAtATime }
  return { tool_choice: choice.type === 'any' ? 'required' : 'auto', ...oneAtATime }
}
