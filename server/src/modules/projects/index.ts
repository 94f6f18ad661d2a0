export { projectFailures } from './errors.ts'
export { createProjects, type Projects, projectHeader } from './projects.ts'
export { findProject, isProjectOpen } from './store.ts'
