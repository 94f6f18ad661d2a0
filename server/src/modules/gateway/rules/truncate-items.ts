import type { ResponseItem } from '../responses-items.ts'

/**
 * The newest part of a conversation that fits, for `truncation: auto`: what is oldest goes first, an output of a function
 * with its call. What the system says stays, and so does the last item.
 * @param fits whether a conversation fits the model; asked for a number of conversations that grows with the logarithm
 */
export function truncateItems(
  items: readonly ResponseItem[],
  fits: (items: readonly ResponseItem[]) => boolean,
): readonly ResponseItem[] {
  if (fits(items)) return items
  let least = 1
  let most = items.length - 1
  while (least < most) {
    const middle = Math.floor((least + most) / 2)
    if (fits(without(items, middle))) most = middle
    else least = middle + 1
  }
  return without(items, least)
}

/**
 * Without the first `count` items, but for the words of the system. What is left begins with the user's words, where there
 * are any: an answer to what nobody sees any more would only mislead.
 */
function without(items: readonly ResponseItem[], count: number): readonly ResponseItem[] {
  const users = items.findIndex((item, index) => index >= count && 'role' in item && item.role === 'user')
  const from = users === -1 ? count : users
  const kept = items.slice(from)
  const system = items.slice(0, from).filter((item) => 'role' in item && isSystem(item.role))
  const calls = new Set(kept.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : [])))
  const whole = kept.filter((item) => item.type !== 'function_call_output' || calls.has(item.call_id))
  return [...system, ...whole]
}

function isSystem(role: string): boolean {
  return role === 'system' || role === 'developer'
}
