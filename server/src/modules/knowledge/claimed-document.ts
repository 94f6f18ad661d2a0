import type { Caller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import type { Knowledge } from './knowledge.ts'
import { updateClaimedDocument } from './store.ts'

/** The document is not this node's any more. */
export class Abandoned extends Error {}

export type Change = Parameters<typeof updateClaimedDocument>[3]

/** Changes the document that this node is reading. @throws Abandoned when it is not this node's any more */
export async function change(knowledge: Knowledge, caller: Caller, id: string, to: Change): Promise<void> {
  const { platform } = knowledge
  const mine = await withTenant(platform, caller, (scope) =>
    updateClaimedDocument(scope.tx, id, platform.nodeId, { ...to, updatedAt: scope.now }),
  )
  if (!mine) throw new Abandoned()
}
