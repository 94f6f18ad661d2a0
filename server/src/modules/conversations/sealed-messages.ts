import type { Scope } from '../../platform/context.ts'
import { decryptText, encrypt } from '../../platform/crypto/index.ts'
import type { Platform } from '../../platform/platform.ts'
import { openDataKeys } from '../organizations/index.ts'
import type { Citation } from './contract.ts'

/** What people write is sealed under the organization's data key; each value opens in its own cell only. */
export interface Seal {
  seal(cell: Cell, text: string): string
  open(cell: Cell, sealed: string): string
  openCitations(messageId: string, sealed: string): Citation[]
}

export interface Cell {
  table: 'conversations' | 'messages' | 'message_pieces'
  column: 'title' | 'preview' | 'content' | 'citations' | 'text'
  rowId: string
}

/** Opens the scope's organization's data keys once, for any number of cells. */
export async function openSeal(platform: Platform, scope: Scope): Promise<Seal> {
  const keys = await openDataKeys(platform, scope)
  const addressOf = (cell: Cell) => ({ organizationId: scope.organizationId, ...cell })
  const open = (cell: Cell, sealed: string) => decryptText(keys.keyFor(sealed), sealed, addressOf(cell))
  return {
    open,
    seal: (cell, text) => encrypt(keys.current, text, addressOf(cell)),
    openCitations: (messageId, sealed) =>
      // Sealed by this module from citations of its own contract.
      JSON.parse(open({ table: 'messages', column: 'citations', rowId: messageId }, sealed)) as Citation[],
  }
}

export const contentCell = (messageId: string): Cell => ({
  table: 'messages',
  column: 'content',
  rowId: messageId,
})
export const citationsCell = (messageId: string): Cell => ({
  table: 'messages',
  column: 'citations',
  rowId: messageId,
})
export const pieceCell = (messageId: string, startOffset: number): Cell => ({
  table: 'message_pieces',
  column: 'text',
  rowId: `${messageId}:${startOffset}`,
})
export const titleCell = (conversationId: string): Cell => ({
  table: 'conversations',
  column: 'title',
  rowId: conversationId,
})
export const previewCell = (conversationId: string): Cell => ({
  table: 'conversations',
  column: 'preview',
  rowId: conversationId,
})
