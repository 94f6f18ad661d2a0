import { defineError } from '../../platform/errors.ts'

export const budgetExceeded = defineError(
  'budget_exceeded',
  402,
  'This call could cost more than is left of a budget. An admin can raise the budget.',
)
export const budgetNotFound = defineError('budgets.not_found', 404, 'There is no such budget.')
export const budgetSubjectNotFound = defineError(
  'budgets.subject_not_found',
  404,
  'The organization has no such member, API key, service account, project or model.',
)
export const budgetExists = defineError(
  'budgets.exists',
  409,
  'There is a budget for exactly this and this window already. Change that one.',
)
export const spendingUnavailable = defineError(
  'budgets.unavailable',
  503,
  'What this call may cost cannot be accounted for at the moment, so nothing was sent to a model. Try again shortly.',
)
