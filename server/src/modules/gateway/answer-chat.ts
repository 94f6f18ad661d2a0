import type { HeaderReader } from '../../platform/auth/credentials.ts'
import type { Caller } from '../../platform/context.ts'
import type { Prompts } from '../prompts/index.ts'
import type { ChatInput } from './actions/complete-chat.ts'
import { completeCachedChat, streamCachedChat } from './cached-chat.ts'
import { providerBadResponse } from './errors.ts'
import { fillInPrompt, promptHeader } from './fill-in-prompt.ts'
import type { Gateway } from './gateway.ts'
import { wholeOf } from './kept-answer.ts'
import type { PromptableChat } from './promptable-chat.ts'
import { readCallTag } from './rules/read-call-tag.ts'

/** A chat as it was sent to `/v1/chat/completions`. */
export interface SentChat {
  readonly body: PromptableChat
  readonly caller: Caller
  readonly headers: HeaderReader
  readonly requestId: string
  readonly signal: AbortSignal
}

type Told = Record<string, string>

/**
 * The call that is meant, with its prompt filled in, who makes it for which project, and where the headers of its answer
 * gather. @throws what fillInPrompt and callerFor do
 */
export async function readChat(
  gateway: Gateway,
  prompts: Prompts,
  sent: SentChat,
): Promise<{ caller: Caller; input: ChatInput; told: Told }> {
  const { requestId, signal } = sent
  const caller = await gateway.projects.callerFor(sent.caller, sent.headers)
  const { body: whole, prompt } = await fillInPrompt(prompts, caller, sent.body, requestId)
  const { metadata, ...rest } = whole
  const { tag, others } = readCallTag(sent.headers, metadata)
  const told: Told = prompt ? { [promptHeader]: `${prompt.name}@${prompt.version}` } : {}
  const tell = (headers: Readonly<Told>) => void Object.assign(told, headers)
  const body = others ? { ...rest, metadata: others } : rest
  const { headers } = sent
  return { caller, input: { requestId, purpose: 'chat', body, tag, prompt, headers, tell, signal }, told }
}

/** One whole answer in OpenAI's shape, with the headers it is told with. @throws what completeCachedChat does */
export async function answerChat(
  gateway: Gateway,
  prompts: Prompts,
  sent: SentChat,
): Promise<{ json: Readonly<Record<string, unknown>>; told: Told }> {
  const { caller, input, told } = await readChat(gateway, prompts, sent)
  const { result } = await completeCachedChat(gateway, caller, input)
  return { json: result.body, told }
}

/**
 * The same, read as it is written: where the call is left in the middle, what was produced by then is known and paid. The
 * caller sees no difference. @throws what streamCachedChat does
 */
export async function gatherChat(
  gateway: Gateway,
  prompts: Prompts,
  sent: SentChat,
): Promise<Readonly<Record<string, unknown>>> {
  const { caller, input } = await readChat(gateway, prompts, sent)
  const { body } = input
  // Of several answers, and of sound, the pieces are not put together.
  const isPlain = (body.n ?? 1) === 1 && body.audio === undefined && body.modalities === undefined
  if (!isPlain) return (await completeCachedChat(gateway, caller, input)).result.body
  const asked = { ...input, body: { ...body, stream: true, stream_options: { include_usage: true } } }
  const { chunks } = await streamCachedChat(gateway, caller, asked)
  const said: string[] = []
  for await (const { data } of chunks) said.push(data)
  const whole = wholeOf(said, false)
  if (!whole) throw providerBadResponse()
  return whole
}
