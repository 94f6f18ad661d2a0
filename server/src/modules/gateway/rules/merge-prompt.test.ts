import { expect, test } from 'vitest'
import { mergePrompt } from './merge-prompt.ts'

const messages = [{ role: 'system' as const, content: 'Be brief.' }]
const tools = [{ type: 'function', function: { name: 'of_prompt' } }]

test('the prompt’s messages come first, then those of the call', () => {
  const own = { role: 'user', content: 'Hello' }
  expect(mergePrompt({ messages, parameters: {} }, { messages: [own] }).messages).toEqual([...messages, own])
  expect(mergePrompt({ messages, parameters: {} }, {}).messages).toEqual(messages)
})

test('the call’s own fields win, and the prompt’s stand where it has none', () => {
  const parameters = { temperature: 0.1, top_p: 0.5 }
  expect(mergePrompt({ messages, parameters }, { temperature: 1, user: 'ada' })).toMatchObject({
    temperature: 1,
    top_p: 0.5,
    user: 'ada',
  })
})

test('of fields that mean something together none of the prompt’s is taken beside one of the call', () => {
  expect(
    mergePrompt({ messages, parameters: { max_tokens: 9 } }, { max_completion_tokens: 5 }),
  ).not.toHaveProperty('max_tokens')
  const choice = { type: 'function', function: { name: 'of_prompt' } }
  const parameters = { tools, tool_choice: choice, parallel_tool_calls: false }
  expect(mergePrompt({ messages, parameters }, { tools: [] })).toEqual({ messages, tools: [] })
  expect(mergePrompt({ messages, parameters }, { tool_choice: 'none' })).toEqual({
    messages,
    tools,
    tool_choice: 'none',
    parallel_tool_calls: false,
  })
})
