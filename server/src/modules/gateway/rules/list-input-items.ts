import type { ResponseItem } from '../responses-items.ts'
import type { Turn } from '../sealed-responses.ts'

export interface ItemPage {
  limit: number
  order: 'asc' | 'desc'
  after: string | undefined
}

/** What was new in a turn, each item with an id of its own. */
export function listInputItems({ input, answer }: Turn, page: ItemPage) {
  const numbered = input.map((item, index) =>
    presentItem(item, `${answer.id.slice('resp_'.length)}_in_${index}`),
  )
  if (page.order === 'desc') numbered.reverse()
  const from = page.after === undefined ? 0 : numbered.findIndex(({ id }) => id === page.after) + 1
  const data = numbered.slice(from, from + page.limit)
  return {
    object: 'list' as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + page.limit < numbered.length,
  }
}

const prefixes = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  reasoning: 'rs',
} as const satisfies Record<ResponseItem['type'], string>

function presentItem(item: ResponseItem, name: string) {
  const { type } = item
  const content =
    'role' in item && typeof item.content === 'string'
      ? { content: [{ type: item.role === 'assistant' ? 'output_text' : 'input_text', text: item.content }] }
      : {}
  return { status: 'completed', ...item, ...content, id: item.id ?? `${prefixes[type]}_${name}` }
}
