import type { Caller } from '../../../platform/context.ts'
import { type MessageEvent, messageRequestSchema } from '../anthropic-contract.ts'
import type { Gateway } from '../gateway.ts'
import { type NativeInput, parseBody } from '../native-call.ts'
import { chooseModel } from './choose-model.ts'
import { completeMessage, told } from './complete-message.ts'
import { completeNativeMessage } from './complete-native-message.ts'
import { streamMessage } from './stream-message.ts'
import { streamNativeMessage } from './stream-native-message.ts'

export interface AnyMessageInput extends Omit<NativeInput, 'body' | 'deployment'> {
  body: { model: string }
}

/**
 * One whole answer in Anthropic's shape: its own models' as it comes, every other's translated.
 * @throws what completeChat does, validation_failed (400), field_not_supported (400)
 */
export async function answerMessage(
  gateway: Gateway,
  caller: Caller,
  input: AnyMessageInput,
): Promise<object> {
  const deployment = await chooseModel(gateway, caller, input.body.model, 'chat')
  if (told(gateway, deployment).traits.messagesApi)
    return completeNativeMessage(gateway, caller, { ...input, deployment })
  const { body, betas: _, ...others } = input
  const request = parseBody(messageRequestSchema, body)
  return completeMessage(gateway, caller, { ...others, request, deployment })
}

/** The same as events. @throws what answerMessage does, before the first of them */
export async function answerMessageStream(
  gateway: Gateway,
  caller: Caller,
  input: AnyMessageInput,
): Promise<AsyncGenerator<MessageEvent, void, undefined>> {
  const deployment = await chooseModel(gateway, caller, input.body.model, 'chat')
  if (told(gateway, deployment).traits.messagesApi)
    return streamNativeMessage(gateway, caller, { ...input, deployment })
  const { body, betas: _, ...others } = input
  const request = parseBody(messageRequestSchema, body)
  return streamMessage(gateway, caller, { ...others, request, deployment })
}
