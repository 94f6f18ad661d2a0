import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { ResponseItem } from '../responses-items.ts'
import { deleteStoredResponse, findStoredResponse } from '../responses-store.ts'
import { openTurnSeal, type Turn } from '../sealed-responses.ts'
import { noSuchResponse, responseIdOf } from './prepare-response.ts'

/** A stored turn of the caller's own. @throws response_not_found (404) */
export async function findTurn(platform: Platform, caller: Caller, name: string): Promise<Turn> {
  requirePermission(caller, 'use:models')
  const id = responseIdOf(name)
  if (!id) throw noSuchResponse(name)
  return withTenant(platform, caller, async (scope) => {
    const row = await findStoredResponse(scope.tx, id, caller, scope.now)
    if (!row) throw noSuchResponse(name)
    return (await openTurnSeal(platform, scope)).open(row)
  })
}

/** What went with it goes too; later turns can no more be gone on from. @throws response_not_found (404) */
export async function deleteTurn(platform: Platform, caller: Caller, name: string): Promise<string> {
  requirePermission(caller, 'use:models')
  const id = responseIdOf(name)
  if (!id) throw noSuchResponse(name)
  const deleted = await withTenant(platform, caller, (scope) => deleteStoredResponse(scope.tx, id, caller))
  if (!deleted) throw noSuchResponse(name)
  return `resp_${id}`
}

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
