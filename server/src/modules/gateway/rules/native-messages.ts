import type { NativeMessages } from '../adapters/provider.ts'
import type { NativePrompt } from '../anthropic-native-contract.ts'
import type { ChatRequest } from '../contract.ts'
import type { CallBound } from './bound-call.ts'
import type { ModelDeployment } from './catalogue.ts'
import { isObject } from './json-object.ts'
import { ratesFor } from './price-call.ts'

/** Run by Anthropic, as often as `max_uses` says. The later ones run code besides, which has no bound. */
export const boundedServerTools: ReadonlySet<string> = new Set(['web_search_20250305', 'web_fetch_20250910'])

type Part = { type: string } & Record<string, unknown>

/**
 * A request of Anthropic's protocol as the chat that is as long, for bounds and estimates: texts and images are what they
 * are, a document may fill the window, and whatever else there is counts as the text it is written in.
 */
export function measurableChat(prompt: NativePrompt & { max_tokens?: number }): ChatRequest {
  const { model, messages, system, tools, tool_choice, output_config, cache_control } = prompt
  const marked = cache_control ?? (JSON.stringify(prompt).includes('"cache_control"') ? {} : undefined)
  return {
    model,
    messages: [
      ...(system ? [{ role: 'system' as const, content: partsOf(system) }] : []),
      ...messages.map(({ role, content }) => ({ role, content: partsOf(content) })),
    ],
    ...(prompt.max_tokens === undefined ? {} : { max_tokens: prompt.max_tokens }),
    // Counted by their length, whatever they are.
    ...(tools && tools.length > 0 ? { tools: tools.map((tool) => ({ ...tool, type: 'function' })) } : {}),
    ...(tool_choice ? { native_tool_choice: tool_choice } : {}),
    ...(output_config ? { output_config } : {}),
    ...(marked ? { cache_control: marked } : {}),
    // What Anthropic tells its model of the tools that it knows by their type.
    ...(tools?.some(({ type }) => type && type !== 'custom') ? { instructions: ' '.repeat(4_096) } : {}),
  }
}

/** The same of a request that guards have changed texts of. */
export function measuredAgain({ body }: NativeMessages, { model, max_tokens }: ChatRequest): ChatRequest {
  // All but its texts is still what its schema has read.
  return measurableChat({ ...body, model, ...(max_tokens ? { max_tokens } : {}) } as NativePrompt)
}

function partsOf(content: string | readonly Part[]): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.flatMap((block): Part[] => {
    if (block.type === 'text') return [{ type: 'text', text: JSON.stringify(block) }]
    if (block.type === 'image') return [{ type: 'image_url', image_url: { url: '' } }]
    if (block.type === 'document' || block.type === 'container_upload') return [{ type: 'file' }]
    if (block.type === 'tool_result' && Array.isArray(block.content)) {
      const inner = block.content.filter((one): one is Part => isObject(one) && typeof one.type === 'string')
      return [{ type: 'text', text: String(block.tool_use_id) }, ...partsOf(inner)]
    }
    return [{ type: 'text', text: JSON.stringify(block, null, 4) }]
  })
}

const nanosPerSearch = 10_000_000n

/**
 * The bound of a call whose tools Anthropic runs: after each use the model reads all again, the results with it, so the
 * window may be filled once more each time, and searches have a price of their own.
 */
export function boundWithServerTools(
  bound: CallBound,
  native: NativeMessages['body'] | undefined,
  model: Pick<ModelDeployment, 'contextTokens' | 'price'>,
): CallBound {
  let uses = 0
  let searches = 0
  for (const tool of Array.isArray(native?.tools) ? native.tools.filter(isObject) : []) {
    const type = String(tool.type)
    if (!boundedServerTools.has(type)) continue
    uses += Number(tool.max_uses)
    if (type.startsWith('web_search')) searches += Number(tool.max_uses)
  }
  if (uses === 0) return bound
  const window = model.contextTokens ?? bound.inputTokensBound
  const inputTokensBound = window * (uses + 1)
  const rate = 2n * ratesFor(inputTokensBound, model.price).inputNanosPerMillion
  const more = (BigInt(inputTokensBound) * rate + 999_999n) / 1_000_000n
  const fees = BigInt(searches) * nanosPerSearch
  return { ...bound, inputTokensBound, costNanosBound: bound.costNanosBound + more + fees }
}
