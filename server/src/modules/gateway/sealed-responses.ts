import type { Scope } from '../../platform/context.ts'
import { decryptText, encrypt } from '../../platform/crypto/index.ts'
import type { Platform } from '../../platform/platform.ts'
import { openDataKeys } from '../organizations/index.ts'
import type { ModelResponse } from './responses-contract.ts'
import type { ResponseItem } from './responses-items.ts'
import type { StoredResponseRow } from './responses-store.ts'

/** One turn of a conversation of `/v1/responses`: what was new in it, and what was answered. */
export interface Turn {
  readonly input: readonly ResponseItem[]
  readonly answer: ModelResponse
}

type Column = 'input' | 'answer'

/** Opens the data keys of the scope's organization once, for any number of turns. */
export async function openTurnSeal(platform: Platform, scope: Scope) {
  const keys = await openDataKeys(platform, scope)
  const { organizationId } = scope
  const cell = (rowId: string, column: Column) => ({
    organizationId,
    table: 'stored_responses',
    column,
    rowId,
  })
  const open = (rowId: string, column: Column, sealed: string): unknown =>
    JSON.parse(decryptText(keys.keyFor(sealed), sealed, cell(rowId, column)))
  return {
    seal: (rowId: string, { input, answer }: Turn) => ({
      inputSealed: encrypt(keys.current, JSON.stringify(input), cell(rowId, 'input')),
      answerSealed: encrypt(keys.current, JSON.stringify(answer), cell(rowId, 'answer')),
    }),
    open: (row: Pick<StoredResponseRow, 'id' | 'inputSealed' | 'answerSealed'>): Turn => ({
      // Sealed by `seal` from values of these types.
      input: open(row.id, 'input', row.inputSealed) as ResponseItem[],
      answer: open(row.id, 'answer', row.answerSealed) as ModelResponse, // as above
    }),
  }
}
