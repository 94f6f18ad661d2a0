import type { Caller, Scope } from '../../platform/context.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { changeProject } from './actions/change-project.ts'
import { createProject } from './actions/create-project.ts'
import * as contract from './contract.ts'
import { projectNotFound, projectSlugTaken } from './errors.ts'
import { presentProject } from './present.ts'
import type { Projects } from './projects.ts'
import { findProject, listProjects } from './store.ts'

const tag = 'Projects'

export function projectRoutes(projects: Projects): Route[] {
  const { platform } = projects

  /** Commits, then tells those who remember. */
  async function change(caller: Caller, work: (scope: Scope) => Promise<string>) {
    const changed = await withTenant(platform, caller, async (scope) => present(scope, await work(scope)))
    await projects.changed(caller)
    return changed
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/projects',
        tag,
        summary: 'The projects, by slug',
        access: 'read:projects',
        query: contract.projectListQuery,
        response: { status: 200, description: 'A page of projects', schema: contract.projectList },
      },
      async ({ caller, query: { archived, limit, cursor } }) => {
        const afterSlug = decodeCursor(cursor, 1)?.[0]
        const rows = await readTenant(platform, caller, ({ tx }) =>
          listProjects(tx, { archived: archived === 'true' }, { limit, afterSlug }),
        )
        const page = toPage(rows, limit, ({ slug }) => [slug])
        return { ...page, data: page.data.map(presentProject) }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/projects',
        tag,
        summary: 'Make a project',
        description:
          'Calls are for it that are made with its keys, or that name it in the header `OpenAI-Project`.',
        access: 'manage:projects',
        body: contract.newProjectBody,
        response: { status: 201, description: 'The project', schema: contract.project },
        errors: [projectSlugTaken, limitReached],
      },
      async ({ caller, body }) => change(caller, (scope) => createProject(scope, body)),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/projects/{id}',
        tag,
        summary: 'One project',
        access: 'read:projects',
        params: contract.projectParams,
        response: { status: 200, description: 'The project', schema: contract.project },
        errors: [projectNotFound],
      },
      async ({ caller, params }) => readTenant(platform, caller, (scope) => present(scope, params.id)),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/projects/{id}',
        tag,
        summary: 'Rename or describe a project',
        description: 'With another slug, calls that name the old one are refused.',
        access: 'manage:projects',
        params: contract.projectParams,
        body: contract.projectChanges,
        response: { status: 200, description: 'The project', schema: contract.project },
        errors: [projectNotFound, projectSlugTaken],
      },
      async ({ caller, params: { id }, body }) =>
        change(caller, async (scope) => {
          await changeProject(scope, id, body)
          return id
        }),
    ),
    ...(['archive', 'restore'] as const).map((verb) =>
      defineRoute(
        {
          method: 'post',
          path: `/api/v1/projects/{id}/${verb}`,
          tag,
          summary: verb === 'archive' ? 'Archive a project' : 'Restore an archived project',
          description:
            verb === 'archive'
              ? 'It takes no calls then, and its keys do not work. What it has cost stays.'
              : 'Its keys work again.',
          access: 'manage:projects',
          params: contract.projectParams,
          response: { status: 200, description: 'The project', schema: contract.project },
          errors: [projectNotFound],
        },
        async ({ caller, params: { id } }) =>
          change(caller, async (scope) => {
            await changeProject(scope, id, { archived: verb === 'archive' })
            return id
          }),
      ),
    ),
  ]
}

async function present({ tx }: Scope, id: string) {
  const row = await findProject(tx, id)
  if (!row) throw projectNotFound()
  return presentProject(row)
}
