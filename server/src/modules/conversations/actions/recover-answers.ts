import { systemCaller } from '../../../platform/context.ts'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { answerInterrupted } from '../errors.ts'
import { readContent } from '../present.ts'
import { keepCited } from '../rules/cited-markers.ts'
import { citationsCell, contentCell, openSeal } from '../sealed-messages.ts'
import { deletePieces, getMessage, listOrphanedMessages, updateMessageEnded } from '../store.ts'

/** Answers that a killed process was writing keep what had streamed, and say that they were interrupted. */
export async function recoverAnswers(platform: Platform, aliveNodeIds: readonly string[]): Promise<void> {
  const orphans = await systemTx(platform, 'recover-after-restart', (tx) =>
    listOrphanedMessages(tx, aliveNodeIds),
  )
  for (const orphan of orphans) {
    await withTenant(platform, systemCaller(orphan.organizationId, newId()), async (scope) => {
      const row = await getMessage(scope.tx, orphan.id)
      if (row?.status !== 'streaming') return
      const seal = await openSeal(platform, scope)
      const text = await readContent(scope, seal, row)
      const cited = keepCited(seal.openCitations(row.id, row.citationsSealed), text)
      await updateMessageEnded(scope.tx, row.id, {
        status: 'interrupted',
        contentSealed: seal.seal(contentCell(row.id), text),
        citationsSealed: seal.seal(citationsCell(row.id), JSON.stringify(cited)),
        nodeId: null,
        errorCode: answerInterrupted.code,
        errorMessage: answerInterrupted.message,
      })
      await deletePieces(scope.tx, row.id)
    })
  }
}
