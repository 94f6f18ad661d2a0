import type { Caller } from '../../../platform/context.ts'
import type { MessageEvent } from '../anthropic-contract.ts'
import { streamCachedChat } from '../cached-chat.ts'
import type { Gateway } from '../gateway.ts'
import { noUsage } from '../outcome.ts'
import { toMessage } from '../rules/anthropic-answer.ts'
import { toMessageEvents } from '../rules/anthropic-events.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { countsOf, type MessageInput, prepareMessage } from './complete-message.ts'

/**
 * The answer as Anthropic's events, metered as any stream. The money is held before this resolves and settled when the
 * loop over the events ends.
 * @throws what streamChat does, field_not_supported (400)
 */
export async function streamMessage(
  gateway: Gateway,
  caller: Caller,
  input: MessageInput,
): Promise<AsyncGenerator<MessageEvent, void, undefined>> {
  const { chat, head: prepared } = prepareMessage(input)
  const stream = await streamCachedChat(gateway, caller, chat, (one) => toMessage(one, prepared, noUsage))
  const head = {
    ...prepared,
    // Read with the first event, when it is known who answers.
    get model() {
      return stream.model()
    },
  }
  const expected = { ...noUsage, promptTokens: estimateInputTokens(chat.body) }
  return toMessageEvents(stream.chunks, head, expected, () => {
    const receipt = stream.receipt()
    return receipt ? countsOf(receipt) : expected
  })
}
