import { defineError } from '../../platform/errors.ts'

export const promptNotFound = defineError('prompts.not_found', 404, 'No such prompt.')
export const promptVersionNotFound = defineError(
  'prompts.version_not_found',
  404,
  'The prompt has no such version.',
)
export const promptLabelNotFound = defineError(
  'prompts.label_not_found',
  404,
  'The prompt has no such label.',
)
export const promptNameTaken = defineError(
  'prompts.name_taken',
  409,
  'Another prompt has this name. Choose another one.',
)
export const promptArchived = defineError(
  'prompts.archived',
  409,
  'This prompt is archived. Restore it first.',
)
export const promptLabelMoved = defineError(
  'prompts.label_moved',
  409,
  'Somebody has moved the label meanwhile. Look where it stands now.',
)
export const promptVariablesMissing = defineError(
  'prompts.variables_missing',
  400,
  'The prompt needs variables that the call does not give.',
)
export const promptTooLong = defineError(
  'prompts.too_long',
  400,
  'The prompt with its variables is longer than a call may be.',
)
export const promptExportTooLarge = defineError(
  'prompts.export_too_large',
  409,
  'This is more than one file should hold. Export one folder or one prompt at a time.',
)
