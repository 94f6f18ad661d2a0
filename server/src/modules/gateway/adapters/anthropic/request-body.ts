import { callerOutputCap } from '../../rules/bound-call.ts'
import type { ErrorSource } from '../http/map-error.ts'
import { isObject, type JsonObject } from '../json-value.ts'
import type { ChatCall } from '../provider.ts'
import { reasoningFields } from './reasoning-fields.ts'
import { refused, toSystemAndMessages } from './request-messages.ts'

type Body = ChatCall['body']

/** What is told below, and what means nothing outside OpenAI and would not change the answer. */
const known = new Set([
  ...['model', 'messages', 'max_tokens', 'max_completion_tokens', 'stream', 'stream_options', 'n', 'seed'],
  ...['temperature', 'top_p', 'top_k', 'stop', 'tools', 'tool_choice', 'parallel_tool_calls'],
  ...['response_format', 'user', 'service_tier', 'metadata', 'store', 'cache_control', 'thinking'],
  ...['reasoning', 'reasoning_effort', 'include_reasoning', 'prompt_cache_key', 'safety_identifier', 'usage'],
  ...['prompt_cache_retention'],
])
/** What changes nothing at these values, so that nobody who sends a client's defaults is refused. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  presence_penalty: [0],
  frequency_penalty: [0],
  logprobs: [false],
  top_logprobs: [0],
  verbosity: ['medium'],
  modalities: [['text']],
  logit_bias: [{}],
}

/**
 * A chat request as one of Anthropic's that says the same. Told in other words, because there are none of its own: what a
 * system says in the middle stands at the beginning, and a JSON object without a schema is asked for in words.
 * @throws ProviderError `rejected`, naming the field, for what Anthropic could not be told
 */
export function buildMessageBody(call: ChatCall, stream: boolean, source: ErrorSource): JsonObject {
  const { body } = call
  refuseUnknown(body, source)
  const cap = Math.min(callerOutputCap(body) ?? call.maxOutputTokens, call.maxOutputTokens)
  const { system, messages } = toSystemAndMessages(body.messages, source)
  if (body.response_format?.type === 'json_object')
    system.push({ type: 'text', text: 'Answer with one JSON object and nothing else.' })
  const stops = typeof body.stop === 'string' ? [body.stop] : body.stop
  const { effort, ...thinking } = reasoningFields(body, call.deploymentModel, cap)
  const format = formatOf(body)
  const output = { ...(effort ? { effort } : {}), ...(format ? { format } : {}) }
  return {
    model: call.deploymentModel,
    max_tokens: cap,
    stream,
    messages,
    ...(system.length > 0 ? { system } : {}),
    ...toolFields(body, source),
    ...(stops && stops.length > 0 ? { stop_sequences: stops } : {}),
    ...(typeof body.temperature === 'number' ? { temperature: temperatureOf(body, source) } : {}),
    ...(typeof body.top_p === 'number' ? { top_p: body.top_p } : {}),
    ...(typeof body.top_k === 'number' ? { top_k: body.top_k } : {}),
    ...(body.user ? { metadata: { user_id: body.user } } : {}),
    ...(body.service_tier ? { service_tier: tierOf(body, source) } : {}),
    ...(isObject(body.cache_control) ? { cache_control: body.cache_control } : {}),
    ...(Object.keys(output).length > 0 ? { output_config: output } : {}),
    ...thinking,
  }
}

function refuseUnknown(body: Body, source: ErrorSource): void {
  for (const [field, value] of Object.entries(body)) {
    if (value === null || value === undefined || known.has(field)) continue
    const same = neutral[field]?.some((one) => JSON.stringify(one) === JSON.stringify(value))
    if (!same) throw refused(source, field, 'is nothing that Anthropic could be told')
  }
}

function temperatureOf({ temperature }: Body, source: ErrorSource): number | null | undefined {
  if (typeof temperature === 'number' && temperature > 1)
    throw refused(source, 'temperature', 'must be 1 or lower for Anthropic')
  return temperature
}

function tierOf({ service_tier: tier }: Body, source: ErrorSource): string {
  if (tier === 'flex') throw refused(source, 'service_tier', 'must be auto or default for Anthropic')
  return tier === 'default' ? 'standard_only' : 'auto'
}

function formatOf({ response_format: asked }: Body): JsonObject | undefined {
  if (asked?.type !== 'json_schema') return undefined
  const schema = isObject(asked.json_schema?.schema) ? asked.json_schema.schema : { type: 'object' }
  return { type: 'json_schema', schema: closed(schema) }
}

/** Anthropic takes schemas only whose objects say that they hold nothing else. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (!isObject(schema)) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  const isOpen = inner.type === 'object' && inner.additionalProperties === undefined
  return isOpen ? { ...inner, additionalProperties: false } : inner
}

function toolFields(body: Body, source: ErrorSource): JsonObject {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body
  if (!tools || tools.length === 0) return {}
  const oneAtATime = parallel === false ? { disable_parallel_tool_use: true } : {}
  return {
    tools: tools.map((tool, index) => {
      if (tool.type !== 'function' || !tool.function)
        throw refused(source, `tools[${index}].type`, 'must be function for Anthropic')
      const { name, description, parameters, strict } = tool.function
      return {
        name,
        ...(description ? { description } : {}),
        input_schema: { type: 'object', ...parameters },
        ...(typeof strict === 'boolean' ? { strict } : {}),
        ...(isObject(tool.cache_control) ? { cache_control: tool.cache_control } : {}),
      }
    }),
    ...(choice || parallel === false ? { tool_choice: toChoice(choice ?? 'auto', oneAtATime, source) } : {}),
  }
}

function toChoice(
  choice: NonNullable<Body['tool_choice']>,
  more: JsonObject,
  source: ErrorSource,
): JsonObject {
  if (choice === 'none') return { type: 'none' }
  if (choice === 'auto') return { type: 'auto', ...more }
  if (choice === 'required') return { type: 'any', ...more }
  if (choice.type === 'function' && isObject(choice.function))
    return { type: 'tool', name: choice.function.name, ...more }
  throw refused(source, 'tool_choice', 'must be none, auto, required or a function for Anthropic')
}
