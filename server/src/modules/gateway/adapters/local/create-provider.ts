import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../../../platform/clock.ts'
import type { ChatCall, ChatChunk, ListedModel, Provider } from '../provider.ts'
import { composeAnswer } from './compose-answer.ts'
import { type EmbedTexts, embedTexts, rejected } from './embed-texts.ts'
import { readRequest, requestText } from './read-request.ts'
import {
  type CompletionHead,
  completionBody,
  completionChunks,
  limitText,
  type Written,
} from './write-completion.ts'

export const localProviderId = 'local'

export interface LocalOptions {
  readonly clock: Clock
  /** Absent: the provider chats only. */
  readonly embed?: EmbedTexts
}

/**
 * The provider that needs no key and no network: it answers by quoting the passages it was given, or a text in the
 * messages, and says that it is no language model. The question is the last user message. The same call gives the same
 * answer. Tools are ignored; what a model without language cannot do at all (JSON on demand, a required tool call) is
 * rejected.
 */
export function createLocalProvider({ clock, embed }: LocalOptions): Provider {
  const headOf = (call: ChatCall): CompletionHead => ({
    id: `chatcmpl-${call.requestId}`,
    created: Math.floor(clock.now().getTime() / 1000),
    model: call.body.model,
  })

  async function* streamChat(call: ChatCall): AsyncGenerator<ChatChunk, void, undefined> {
    const written = write(call)
    for (const chunk of completionChunks(
      headOf(call),
      written,
      call.body.stream_options?.include_usage === true,
    )) {
      call.signal.throwIfAborted()
      yield chunk
      // Lets readers see each piece as it is written: without this the whole answer is one turn of the event loop.
      await nextTurn()
    }
  }

  return {
    id: localProviderId,
    kind: 'local',
    traits: {
      topK: false,
      cacheControl: false,
      reasoningDetails: false,
      messagesApi: false,
      outputCap: 'max_tokens',
    },
    async chat(call) {
      const written = write(call)
      const { text, finishReason, usage } = written
      return { body: completionBody(headOf(call), written), text, finishReason, usage }
    },
    streamChat,
    async embed(call) {
      if (!embed)
        throw rejected(localProviderId, 'The built-in embeddings are not available on this server.', 'model')
      return embedTexts(call, embed, localProviderId)
    },
    async listModels() {
      return embed ? [listed('extractive'), listed('embedding')] : [listed('extractive')]
    },
    async close() {},
  }
}

function write(call: ChatCall): Written {
  call.signal.throwIfAborted()
  refuseImpossible(call)
  const passages = call.passages ?? []
  const stop = call.body.stop ?? []
  const prompt = [requestText(call.body), ...passages.map((passage) => passage.text)].join('\n')
  return limitText(
    composeAnswer(readRequest(call)),
    typeof stop === 'string' ? [stop] : stop,
    call.maxOutputTokens,
    prompt,
  )
}

function refuseImpossible({ body }: ChatCall): void {
  const format = body.response_format?.type
  if (format === 'json_object' || format === 'json_schema') {
    throw rejected(
      localProviderId,
      'The local model only quotes and cannot write JSON. Use a language model for this.',
      'response_format',
    )
  }
  if (body.tool_choice === 'required' || typeof body.tool_choice === 'object') {
    if (body.tool_choice !== null) {
      throw rejected(
        localProviderId,
        'The local model only quotes and cannot call tools. Use a language model for this.',
        'tool_choice',
      )
    }
  }
}

function listed(id: string): ListedModel {
  return {
    id,
    contextTokens: null,
    maxOutputTokens: null,
    inputNanosPerMillion: 0n,
    outputNanosPerMillion: 0n,
  }
}
