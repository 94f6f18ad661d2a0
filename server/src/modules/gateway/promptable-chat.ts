import { z } from '@hono/zod-openapi'
import { promptCall } from '../prompts/index.ts'
import { type ChatRequest, chatRequestSchema, emptyMessages, refineChat } from './contract.ts'

const { model, messages, ...fields } = chatRequestSchema.shape

/** What stands for the model where a client's types ask for one, and the prompt has it. */
const modelOfPrompt = 'prompt'

/** What a body without a prompt must have; each message is looked at elsewhere. */
const wholeSchema = z.looseObject({
  model,
  messages: z.array(z.unknown()).min(1, { error: emptyMessages }),
})

/**
 * A chat body that may name a prompt, which brings messages, and can bring the model and parameters. What it has is
 * checked here; whether it is whole with the prompt's part, once that is known.
 */
export const promptableChatSchema = z
  .looseObject({
    model: model.optional().openapi({
      description:
        'The id of a model of GET /v1/models. With a prompt it may be left out, or be "prompt", for the prompt’s own.',
    }),
    messages: z.array(messages.element, { error: 'must be a list of messages' }).nullish(),
    ...fields,
    prompt: promptCall.nullish().openapi({
      description:
        'A prompt of the organization. Its messages come before those of the call; its model and parameters are defaults.',
    }),
  })
  .superRefine((body, context) => {
    refineChat(body, context)
    if (body.prompt) return
    for (const { path, message } of wholeSchema.safeParse(body).error?.issues ?? [])
      context.addIssue({ code: 'custom', path, message })
  })
  .openapi('ChatCompletionRequest')

export type PromptableChat = z.infer<typeof promptableChatSchema>

/** The model a body with a prompt asks for; undefined is the prompt's. */
export function ownModel(body: { model?: string | undefined }): string | undefined {
  return body.model === modelOfPrompt ? undefined : body.model
}

/** A body as it is sent on: whole, but for the model, which the organization's default stands in for. */
export type FilledChat = Omit<ChatRequest, 'model'> & {
  model: string | undefined
  metadata?: ChatRequest['metadata']
}
