import type { ChatMessage, ChatRequest } from '../../contract.ts'
import { textOf } from '../json-value.ts'
import type { ChatCall } from '../provider.ts'
import type { Asked } from './compose-answer.ts'

/** Shorter texts beside the question are instructions, not something to quote from. */
const leastQuotableLength = 200
const longestQuestion = 400

/** What is asked, and what there is to quote from, in a chat call. */
export function readRequest(call: ChatCall): Asked {
  const { messages } = call.body
  const userTexts = messages.filter((message) => message.role === 'user').map(textOfMessage)
  const earlierQuestion = (userTexts.at(-2) ?? '').slice(0, longestQuestion)
  const lastText = (call.passages ?? []).reduce(
    (text, passage) => text.replaceAll(passage.text, ' '),
    userTexts.at(-1) ?? '',
  )
  const { question, text } = splitQuestion(lastText)
  if (call.passages) return { question, earlierQuestion, passages: call.passages, texts: [] }
  const lastIndex = messages.findLastIndex((message) => message.role === 'user')
  const others = messages
    .filter((message, index) => index !== lastIndex && message.role !== 'assistant')
    .map(textOfMessage)
  const texts = [...others, text].filter((candidate) => candidate.length >= leastQuotableLength)
  return { question, earlierQuestion, passages: undefined, texts }
}

/** All text of the request, for counting. */
export function requestText(body: ChatRequest): string {
  return body.messages.map(textOfMessage).join('\n')
}

function textOfMessage(message: ChatMessage): string {
  return textOf(message.content)
}

/** People paste a text and put their question before or behind it. */
function splitQuestion(message: string): { question: string; text: string } {
  const trimmed = message.trim()
  if (trimmed.length <= longestQuestion) return { question: trimmed, text: '' }
  const paragraphs = trimmed.split(/\n\s*\n|\n(?=\S)/).map((paragraph) => paragraph.trim())
  const first = paragraphs[0] ?? ''
  const last = paragraphs.at(-1) ?? ''
  const mayAsk = (paragraph: string) => paragraphs.length > 1 && paragraph.length <= longestQuestion
  if (mayAsk(last) && last.endsWith('?')) return { question: last, text: without(trimmed, last) }
  if (mayAsk(first) && /[?:]$/.test(first)) return { question: first, text: without(trimmed, first) }
  if (mayAsk(last)) return { question: last, text: without(trimmed, last) }
  if (mayAsk(first)) return { question: first, text: without(trimmed, first) }
  const asked = lastQuestion(trimmed)
  return asked
    ? { question: asked, text: without(trimmed, asked) }
    : { question: trimmed.slice(0, longestQuestion), text: trimmed }
}

/** The last sentence that ends with a question mark. */
function lastQuestion(text: string): string | undefined {
  const end = text.lastIndexOf('?')
  if (end === -1) return undefined
  const before = text.slice(Math.max(0, end - longestQuestion), end)
  const start = Math.max(...['.', '!', '?', '\n'].map((mark) => before.lastIndexOf(mark)))
  return `${before.slice(start + 1)}?`.trim()
}

function without(text: string, part: string): string {
  return text.replace(part, ' ').trim()
}
