import { defineError } from '../../platform/errors.ts'

export const projectNotFound = defineError('projects.project_not_found', 404, 'No such project.')
export const projectSlugTaken = defineError(
  'projects.slug_taken',
  409,
  'Another project has this slug. Choose another one.',
)
export const projectArchived = defineError(
  'projects.project_archived',
  409,
  'This project is archived and takes no calls. Restore it, or name another one.',
)
export const keyOfOtherProject = defineError(
  'projects.key_of_other_project',
  403,
  'This API key belongs to a project, and its calls are for that one.',
)

/** What a call that names a project can be refused with. */
export const projectFailures = [projectNotFound, projectArchived, keyOfOtherProject]
