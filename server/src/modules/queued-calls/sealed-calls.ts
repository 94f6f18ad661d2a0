import type { Scope } from '../../platform/context.ts'
import { decryptText, encrypt } from '../../platform/crypto/index.ts'
import type { Platform } from '../../platform/platform.ts'
import type { PromptableChat } from '../gateway/index.ts'
import { openDataKeys } from '../organizations/index.ts'

/** What was asked: the body, and those headers that change the answer or where it counts. */
export interface QueuedRequest {
  readonly body: PromptableChat
  readonly headers: Readonly<Record<string, string>>
}

/** The status and body that the call would have been answered with. */
export interface QueuedResult {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Sealed {
  request: QueuedRequest
  result: QueuedResult
  webhook: string
}

/** Opens the data keys of the scope's organization once, for any number of queued calls. */
export async function openCallSeal(platform: Platform, scope: Scope) {
  const keys = await openDataKeys(platform, scope)
  const { organizationId } = scope
  const cell = (rowId: string, column: keyof Sealed) => ({
    organizationId,
    table: 'queued_calls',
    column,
    rowId,
  })
  return {
    seal: <Column extends keyof Sealed>(rowId: string, column: Column, value: Sealed[Column]): string =>
      encrypt(keys.current, JSON.stringify(value), cell(rowId, column)),
    open: <Column extends keyof Sealed>(rowId: string, column: Column, sealed: string): Sealed[Column] =>
      // Sealed above, from a value of this column's type.
      JSON.parse(decryptText(keys.keyFor(sealed), sealed, cell(rowId, column))) as Sealed[Column],
  }
}
