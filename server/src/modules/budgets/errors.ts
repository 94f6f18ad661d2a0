import { defineError } from '../../platform/errors.ts'

export const budgetExceeded = defineError(
  'budget_exceeded',
  402,
  'This call could cost more than is left of the organization’s budget. An admin can raise the budget.',
)
export const budgetNotFound = defineError('budgets.not_found', 404, 'The organization has no budget.')
