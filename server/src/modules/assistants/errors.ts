import { defineError } from '../../platform/errors.ts'

export const assistantNotFound = defineError('assistants.not_found', 404, 'There is no such assistant.')
export const runNotFound = defineError('assistants.run_not_found', 404, 'There is no such run.')
export const approvalNotFound = defineError(
  'assistants.approval_not_found',
  404,
  'Nothing with this id waits for an approval of yours.',
)
export const approvalDecided = defineError(
  'assistants.approval_decided',
  409,
  'This has been decided already, or its time is up.',
)
export const approvalNeedsPerson = defineError(
  'assistants.approval_needs_person',
  403,
  'What an assistant may change is decided by a person who is signed in, not by a key.',
)
export const argumentsInvalid = defineError(
  'assistants.arguments_invalid',
  400,
  'These arguments are not what the tool takes.',
)
export const stepLimitReached = defineError(
  'assistants.step_limit_reached',
  422,
  'The run has used all the model calls that its assistant allows.',
)
export const costLimitReached = defineError(
  'assistants.cost_limit_reached',
  422,
  'The run has cost what its assistant allows.',
)
export const rightsWithdrawn = defineError(
  'assistants.rights_withdrawn',
  403,
  'Whoever asked for this run may do nothing here any more.',
)
export const runFailed = defineError('assistants.run_failed', 500, 'The run could not go on.')
