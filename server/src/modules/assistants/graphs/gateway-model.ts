import { BaseChatModel, type BaseChatModelCallOptions } from '@langchain/core/language_models/chat_models'
import { AIMessage, type BaseMessage, isAIMessage, isToolMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import { type ChatInput, type ChatMessage, completeChat } from '../../gateway/index.ts'
import { type HeldRun, performStep } from '../perform-step.ts'
import type { describeTools } from './tools/all-tools.ts'

export interface GatewayModelOptions extends BaseChatModelCallOptions {
  /** Where in the graph the call stands, and what it is called in the trace. */
  readonly step: { readonly key: string; readonly name: string }
  readonly tools?: ReturnType<typeof describeTools>
  /** For the local model, which quotes them. */
  readonly passages?: ChatInput['passages']
}

interface Answer {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly arguments: string }[]
}

/**
 * The gateway as LangChain's chat model: a call of it is one step of the run, authorized, guarded and charged like every
 * other call, and asked once.
 */
export class GatewayModel extends BaseChatModel<GatewayModelOptions> {
  readonly #held: HeldRun

  constructor(held: HeldRun) {
    // No cache and no callbacks of LangChain's own: nothing of a run leaves by them.
    super({ cache: false, callbacks: [] })
    this.#held = held
  }

  override _llmType(): string {
    return 'freehold-gateway'
  }

  override async _generate(
    messages: BaseMessage[],
    { step, tools, passages }: this['ParsedCallOptions'],
  ): Promise<ChatResult> {
    const { assistants, run, signal } = this.#held
    const body: ChatInput['body'] = {
      model: run.model,
      messages: messages.map(toChatMessage),
      ...(tools && tools.length > 0 ? { tools } : {}),
    }
    const input = { model: run.model, messages: messages.length, last: messages.at(-1)?.text ?? '' }
    const answer = await performStep<Answer>(
      this.#held,
      { ...step, kind: 'model', input },
      async (caller, requestId) => {
        const { result, receipt } = await completeChat(assistants.gateway, caller, {
          requestId,
          purpose: 'assistant',
          tag: null,
          body,
          ...(passages ? { passages } : {}),
          signal,
        })
        return {
          output: { text: result.text, calls: toolCallsOf(result.body) },
          usage: {
            requestId,
            inputTokens: receipt.promptTokens,
            outputTokens: receipt.completionTokens,
            costNanos: BigInt(receipt.costNanos),
          },
        }
      },
    )
    const message = new AIMessage({
      content: answer.text,
      tool_calls: answer.calls.map((call, index) => ({
        // Our own ids: a model could name two calls alike, and so pass one off as the other.
        id: `${step.key}-${index}`,
        name: call.name,
        args: argumentsOf(call.arguments),
        type: 'tool_call' as const,
      })),
    })
    return { generations: [{ text: answer.text, message }] }
  }
}

function toChatMessage(message: BaseMessage): ChatMessage {
  if (isToolMessage(message))
    return { role: 'tool', content: message.text, tool_call_id: message.tool_call_id }
  if (isAIMessage(message)) {
    const calls = message.tool_calls ?? []
    return {
      role: 'assistant',
      content: message.text,
      ...(calls.length === 0
        ? {}
        : {
            tool_calls: calls.map(({ id, name, args }) => ({
              id: id ?? name,
              type: 'function',
              function: { name, arguments: JSON.stringify(args) },
            })),
          }),
    }
  }
  return { role: message.getType() === 'system' ? 'system' : 'user', content: message.text }
}

/** What the provider's answer says of calls; whatever has another shape is none. */
function toolCallsOf(body: Readonly<Record<string, unknown>>): Answer['calls'] {
  // An OpenAI completion, of which each part is looked at below.
  const { choices } = body as { choices?: { message?: { tool_calls?: unknown } }[] }
  const calls = choices?.[0]?.message?.tool_calls
  if (!Array.isArray(calls)) return []
  return calls.flatMap((call: { function?: { name?: unknown; arguments?: unknown } } | null) => {
    const name = call?.function?.name
    const given = call?.function?.arguments
    return typeof name === 'string' ? [{ name, arguments: typeof given === 'string' ? given : '{}' }] : []
  })
}

function argumentsOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text)
    // An object has string keys; what it holds is checked by the tool's own schema.
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>
  } catch {
    // The tool refuses what is no object, and says so to the model.
  }
  return { malformed: text.slice(0, 2_000) }
}
