import type { Caller } from '../../../platform/context.ts'
import { unlessRefused } from '../../../platform/errors.ts'
import type { UsedPrompt } from '../../prompts/index.ts'
import { type MessageEvent, messageRequestSchema } from '../anthropic-contract.ts'
import type { Gateway } from '../gateway.ts'
import { traitsOf } from '../key-pool.ts'
import { type NativeInput, parseBody } from '../native-call.ts'
import { ownModel } from '../promptable-chat.ts'
import { completeMessage, type MessageInput, prepareMessage } from './complete-message.ts'
import { completeNativeMessage } from './complete-native-message.ts'
import { type Candidate, type Route, resolveMessageRoute } from './resolve-message-route.ts'
import { streamMessage } from './stream-message.ts'
import { streamNativeMessage } from './stream-native-message.ts'

export interface AnyMessageInput extends Omit<NativeInput, 'body' | 'route'> {
  body: { model: string }
  /** What comes before its messages. */
  prompt: UsedPrompt | undefined
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
  const way = await chooseWay(gateway, caller, input)
  return 'native' in way
    ? completeNativeMessage(gateway, caller, way.native)
    : completeMessage(gateway, caller, way.translated)
}

/** The same as events. @throws what answerMessage does, before the first of them */
export async function answerMessageStream(
  gateway: Gateway,
  caller: Caller,
  input: AnyMessageInput,
): Promise<AsyncGenerator<MessageEvent, void, undefined>> {
  const way = await chooseWay(gateway, caller, input)
  return 'native' in way
    ? streamNativeMessage(gateway, caller, way.native)
    : streamMessage(gateway, caller, way.translated)
}

/**
 * Where Anthropic answers first, the request is passed on as it is. Its route may go on to models of others: then it is
 * translated for all of them where nothing of it is lost by that, and else only Anthropic's models are left.
 */
async function chooseWay(
  gateway: Gateway,
  caller: Caller,
  input: AnyMessageInput,
): Promise<{ native: NativeInput } | { translated: MessageInput }> {
  const { body, betas, prompt, ...others } = input
  const model = prompt ? (ownModel(body) ?? prompt.model ?? undefined) : body.model
  const route = await resolveMessageRoute(gateway, caller, body, model)
  const native = onlyNative(route)
  const translate = (): MessageInput => ({
    ...others,
    request: parseBody(messageRequestSchema, body),
    prompt,
    route,
  })
  // A prompt is written for every model, so what it is added to is too.
  if (prompt || !native || !isNative(route.candidates[0])) return { translated: translate() }
  const whole = { native: { ...others, body, betas, route: native } }
  if (native.candidates.length === route.candidates.length || betas !== null) return whole
  const isSaid = (written: MessageInput) =>
    written.route.candidates.some((one) => !isNative(one) && canTell(written, one))
  const translated = unlessRefused(translate)
  return translated && isSaid(translated) ? { translated } : whole
}

function onlyNative(route: Route): Route | undefined {
  const [first, ...others] = route.candidates.filter(isNative)
  return first && { ...route, candidates: [first, ...others] }
}

function isNative({ keys }: Candidate): boolean {
  return traitsOf(keys).messagesApi === true
}

function canTell(written: MessageInput, candidate: Candidate): boolean {
  return (
    unlessRefused(() =>
      prepareMessage({ ...written, route: { ...written.route, candidates: [candidate] } }),
    ) !== undefined
  )
}
