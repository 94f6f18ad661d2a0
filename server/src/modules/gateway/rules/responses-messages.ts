import type { ProviderTraits } from '../adapters/provider.ts'
import type { ChatMessage } from '../contract.ts'
import type { FunctionOutputItem, MessageItem, ResponseItem, ResponsePart } from '../responses-items.ts'
import { type ReasoningDetail, unpackDetails } from './reasoning-details.ts'

type ContentPart = Exclude<ChatMessage['content'], string | null | undefined>[number]

/**
 * Items as chat messages. What follows each other from the model (reasoning, text, calls) is one message there. Told in
 * other words, because chats have none of their own: images and files in a function's output come in a user message behind the outputs.
 */
export function toChatMessages(items: readonly ResponseItem[], traits: ProviderTraits): ChatMessage[] {
  const messages: ChatMessage[] = []
  /** The model's message that what comes next may still belong to. */
  let open: ChatMessage | undefined
  let details: ReasoningDetail[] = []
  let media: ContentPart[] = []

  function flush(): void {
    if (media.length > 0) messages.push({ role: 'user', content: media })
    media = []
  }

  function beginAssistant(): ChatMessage {
    flush()
    const carried = traits.reasoningDetails && details.length > 0 ? { reasoning_details: details } : {}
    open = { role: 'assistant', content: null, ...carried }
    details = []
    messages.push(open)
    return open
  }

  for (const item of items) {
    if (item.type === 'reasoning') {
      open = undefined
      if (item.encrypted_content) details.push(...(unpackDetails(item.encrypted_content) ?? []))
    } else if (item.type === 'function_call') {
      const message = open ?? beginAssistant()
      const { name, arguments: text } = item
      message.tool_calls = [
        ...(message.tool_calls ?? []),
        { id: item.call_id, type: 'function', function: { name, arguments: text } },
      ]
    } else if (item.type === 'function_call_output') {
      open = undefined
      messages.push({ role: 'tool', tool_call_id: item.call_id, content: outputText(item) })
      media.push(...mediaOf(item))
    } else if (item.role === 'assistant') {
      beginAssistant().content = plainText(item)
    } else {
      open = undefined
      flush()
      // Servers that know no developer take what it says as the system's; those that do treat both alike.
      const role = item.role === 'developer' ? 'system' : item.role
      messages.push({ role, content: contentOf(item) })
    }
  }
  flush()
  return messages
}

function contentOf({ content }: MessageItem): string | ContentPart[] {
  if (typeof content === 'string') return content
  const parts = content.map(toPart)
  const [first, ...others] = parts
  if (first === undefined) return ''
  return others.length === 0 && first.type === 'text' && typeof first.text === 'string' ? first.text : parts
}

/** What the model itself said: text, or the words of its refusal. */
function plainText({ content }: MessageItem): string {
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'refusal' ? part.refusal : textOf(part))).join('')
}

function textOf(part: ResponsePart): string {
  return 'text' in part && typeof part.text === 'string' ? part.text : ''
}

function toPart(part: ResponsePart): ContentPart {
  if (part.type === 'input_image') {
    const detail = part.detail && part.detail !== 'original' ? { detail: part.detail } : {}
    return { type: 'image_url', image_url: { url: part.image_url, ...detail } }
  }
  if (part.type === 'input_file') {
    const { file_data: data, filename } = part
    return { type: 'file', file: { file_data: data, filename: filename ?? 'file' } }
  }
  return { type: 'text', text: part.type === 'refusal' ? part.refusal : part.text }
}

function outputText({ output }: FunctionOutputItem): string {
  if (typeof output === 'string') return output
  const texts = output.map(textOf).filter((text) => text !== '')
  if (texts.length < output.length) texts.push('The images and files follow the outputs.')
  return texts.join('\n')
}

function mediaOf(item: FunctionOutputItem): ContentPart[] {
  if (typeof item.output === 'string') return []
  const parts = item.output.filter((part) => part.type !== 'input_text').map(toPart)
  return parts.length === 0 ? [] : [{ type: 'text', text: `From the output of ${item.call_id}:` }, ...parts]
}
