import { createRequire } from 'node:module'

/** What tests use of OpenRouter's client, which checks every reply against its own schema. */
export interface OpenRouterClient {
  chat: {
    send(request: { chatRequest: ChatFields & { stream: false } }): Promise<ChatReply>
    send(request: {
      chatRequest: ChatFields & { stream: true }
    }): Promise<AsyncIterable<{ choices: { delta: { content?: string | null } }[] }>>
  }
}

interface ChatFields {
  model: string
  messages: { role: 'user'; content: string }[]
  tools?: object[]
}

interface ChatReply {
  choices: { message: { content?: unknown; toolCalls?: { function: { arguments: string } }[] } }[]
  usage?: { promptTokens: number; completionTokens: number }
}

// Its types are left out: they change the global ReadableStream of the whole program.
const require = createRequire(import.meta.url)

export function createOpenRouterClient(serverURL: string, apiKey: string): OpenRouterClient {
  const { OpenRouter } = require('@openrouter/sdk')
  // On a busy machine a kept connection may end just as it is used again; this client asks again only if it is told to.
  const backoff = { initialInterval: 20, maxInterval: 200, exponent: 2, maxElapsedTime: 5_000 }
  const retryConfig = { strategy: 'backoff', backoff, retryConnectionErrors: true }
  return new OpenRouter({ serverURL, apiKey, retryConfig })
}
