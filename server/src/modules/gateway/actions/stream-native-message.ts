import type { Caller } from '../../../platform/context.ts'
import { isObject } from '../adapters/json-value.ts'
import type { MessageEvent } from '../anthropic-contract.ts'
import { streamCachedChat } from '../cached-chat.ts'
import type { Gateway } from '../gateway.ts'
import { type NativeInput, nameOf, nativeChat } from '../native-call.ts'
import type { ChatStream } from './stream-chat.ts'

/** The events of Anthropic's as they came, but for the id and the name of the model in the first. @throws what streamChat does */
export async function streamNativeMessage(
  gateway: Gateway,
  caller: Caller,
  input: NativeInput,
): Promise<AsyncGenerator<MessageEvent, void, undefined>> {
  const stream = await streamCachedChat(gateway, caller, nativeChat(input))
  return named(stream, input)
}

async function* named({ chunks, model }: ChatStream, input: NativeInput) {
  for await (const { data } of chunks) {
    // The provider's adapter has read it as an event.
    const event = JSON.parse(data) as MessageEvent
    yield event.type === 'message_start' && isObject(event.message)
      ? { ...event, message: { ...event.message, ...nameOf(input, model()) } }
      : event
  }
}
