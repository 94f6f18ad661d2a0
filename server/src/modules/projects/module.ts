import type { FreeholdModule } from '../../platform/module.ts'
import { projectData } from './personal-data.ts'
import type { Projects } from './projects.ts'
import { projectRoutes } from './routes.ts'

export function projectsModule(projects: Projects): FreeholdModule {
  return {
    name: 'projects',
    routes: projectRoutes(projects),
    personalData: [projectData],
    start: () => projects.start(),
    stop: () => projects.stop(),
  }
}
