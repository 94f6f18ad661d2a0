import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { goldQuestionNotFound } from '../errors.ts'
import { deleteGoldQuestion } from '../gold-store.ts'

/** Evaluations that asked it keep what they found. @throws gold_question_not_found (404) */
export async function removeGoldQuestion(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'write:documents')
  const row = await deleteGoldQuestion(scope.tx, id)
  if (!row) throw goldQuestionNotFound()
  await recordAudit(scope, {
    action: 'gold_question.delete',
    entity: { type: 'gold_question', id },
    changes: { collectionId: row.collectionId },
  })
}
