import { expect, test } from 'vitest'
import type { ResponseItem } from '../responses-items.ts'
import { truncateItems } from './truncate-items.ts'

const message = (role: 'user' | 'assistant' | 'system', content: string): ResponseItem => ({
  type: 'message',
  role,
  content,
})
const call = (id: string): ResponseItem => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: '{}',
})
const output = (id: string): ResponseItem => ({ type: 'function_call_output', call_id: id, output: id })
const atMost = (count: number) => (items: readonly ResponseItem[]) => items.length <= count

const conversation = [
  message('system', 'rules'),
  message('user', 'one'),
  call('a'),
  output('a'),
  message('assistant', 'first'),
  message('user', 'two'),
  message('assistant', 'second'),
  message('user', 'three'),
]

test('what fits stays as it is', () => {
  expect(truncateItems(conversation, atMost(8))).toBe(conversation)
})

test('the oldest goes first, up to a question, and what the system says stays', () => {
  expect(truncateItems(conversation, atMost(7))).toEqual([
    message('system', 'rules'),
    message('user', 'two'),
    message('assistant', 'second'),
    message('user', 'three'),
  ])
})

test('the last item stays, whether it fits or not', () => {
  expect(truncateItems(conversation, atMost(0))).toEqual([
    message('system', 'rules'),
    message('user', 'three'),
  ])
})

test('no output is left without its call', () => {
  const items = [call('a'), output('a'), call('b'), output('b')]
  expect(truncateItems(items, atMost(3))).toEqual([call('b'), output('b')])
})
