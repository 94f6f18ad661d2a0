import type { Caller } from '../../platform/context.ts'
import { validationFailed } from '../../platform/errors.ts'
import { problemsOf } from '../../platform/http/parse-input.ts'
import {
  type Prompts,
  promptArchived,
  promptLabelNotFound,
  promptNotFound,
  promptTooLong,
  promptVariablesMissing,
  promptVersionNotFound,
  type UsedPrompt,
  usePrompt,
} from '../prompts/index.ts'
import type { MessageRequest } from './anthropic-contract.ts'
import { type ChatRequest, chatRequestSchema } from './contract.ts'
import { type FilledChat, ownModel, type PromptableChat } from './promptable-chat.ts'
import { mergePrompt } from './rules/merge-prompt.ts'

/** Says which version of which prompt a call was made with: `triage@3`. */
export const promptHeader = 'X-Freehold-Prompt'

export const promptFailures = [
  promptNotFound,
  promptLabelNotFound,
  promptVersionNotFound,
  promptArchived,
  promptVariablesMissing,
  promptTooLong,
]

/**
 * A chat body with its prompt's part filled in. A body without a prompt passes as it came.
 * @throws what usePrompt does, validation_failed (400) where both together are no request
 */
export async function fillInPrompt(
  prompts: Prompts,
  caller: Caller,
  { prompt: call, ...body }: PromptableChat,
  requestId: string,
): Promise<{ body: FilledChat; prompt?: UsedPrompt }> {
  // Without a prompt the schema has seen to the model and the messages.
  if (!call) return { body: body as ChatRequest }
  const prompt = await usePrompt(prompts, caller, call, subjectOf(body.user, caller, requestId))
  const model = ownModel(body) ?? prompt.model ?? undefined
  const merged = { ...mergePrompt(prompt, body), model: model ?? 'the default' }
  const whole = chatRequestSchema.safeParse(merged)
  if (whole.success) return { body: { ...whole.data, model }, prompt }
  const problems = problemsOf(whole.error, 'body')
  throw validationFailed({
    message: `With the prompt ${prompt.name}@${prompt.version} the request is not valid: body field "${problems[0]?.field}": ${problems[0]?.message}.`,
    details: { problems },
  })
}

/** The prompt that a message of Anthropic's API is made with. @throws what usePrompt does */
export async function promptOfMessage(
  prompts: Prompts,
  caller: Caller,
  request: Pick<MessageRequest, 'prompt' | 'metadata'>,
  requestId: string,
): Promise<UsedPrompt | undefined> {
  if (!request.prompt) return undefined
  return usePrompt(prompts, caller, request.prompt, subjectOf(request.metadata?.user_id, caller, requestId))
}

/** Whom a canary keeps on one side: who the caller says it is for, else the person who calls, else nobody. */
function subjectOf(user: string | null | undefined, caller: Caller, requestId: string): string {
  return user ?? caller.userId ?? requestId
}
