import { defineError } from '../../platform/errors.ts'

/** What was sent holds what the organization does not let through. Nothing was sent to a model and nothing is charged. */
export const blocked = defineError(
  'guardrails.blocked',
  400,
  'A guardrail of your organization does not let this request through.',
)
/** The model answered what the organization does not let through. The call is charged. */
export const answerBlocked = defineError(
  'guardrails.answer_blocked',
  422,
  'A guardrail of your organization does not let this answer through.',
)
export const modelUnknown = defineError(
  'guardrails.model_unknown',
  422,
  'Nothing that callers can name as a model has this name.',
)
export const policyNotFound = defineError('guardrails.not_found', 404, 'No guardrails are set there.')
