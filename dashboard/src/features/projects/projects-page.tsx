import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FolderKanban, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { Project } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { OrganizationHeader } from '../organization/organization-header.tsx'
import { summaryQuery } from '../usage/queries.ts'
import { daysOf } from '../usage/ranges.ts'
import { ProjectDialog } from './project-dialog.tsx'
import { projectsKey, projectsQuery } from './queries.ts'

const route = getRouteApi('/app/organization/projects')

export function ProjectsPage() {
  useTitle('Projects')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canManage = useCan('manage:projects')
  const isArchived = search.archived === true
  const projects = useInfiniteQuery(projectsQuery(isArchived))
  const [editing, setEditing] = useState<Project | null>(null)
  const create = (): void => void navigate({ search: { create: true }, replace: true })
  const spend = useSpend()

  const columns = useMemo<readonly Column<Project>[]>(
    () => [
      {
        id: 'name',
        header: 'Name',
        className: 'w-1/3 max-w-0',
        cell: (project) => <span className="block truncate font-medium">{project.name}</span>,
      },
      {
        id: 'slug',
        header: 'Slug',
        className: 'max-w-48',
        cell: ({ slug }) => <span className="block truncate font-mono text-sm text-ink-2">{slug}</span>,
      },
      {
        id: 'description',
        header: 'What it is for',
        className: 'w-full max-w-0 @max-[60rem]:hidden',
        cell: ({ description }) => <span className="block truncate text-ink-2">{description || '–'}</span>,
      },
      {
        id: 'spend',
        header: 'This month',
        numeric: true,
        className: 'whitespace-nowrap',
        cell: (project) => (
          <SpendLink project={project} nanos={spend?.get(project.id)} isKnown={spend !== undefined} />
        ),
      },
      {
        id: 'actions',
        header: <span className="sr-only">Actions</span>,
        className: 'text-right whitespace-nowrap',
        cell: (project) => <ProjectActions project={project} onEdit={setEditing} />,
      },
    ],
    [spend],
  )

  return (
    <Page>
      <OrganizationHeader
        actions={
          canManage ? (
            <Button variant="primary" onClick={create}>
              <Plus /> Create a project
            </Button>
          ) : null
        }
      />
      <div className="py-3">
        <Segmented
          label="Which projects"
          value={isArchived ? 'archived' : 'active'}
          onChange={(value) =>
            void navigate({ search: value === 'archived' ? { archived: true } : {}, replace: true })
          }
          options={[
            { value: 'active', label: 'Active' },
            { value: 'archived', label: 'Archived' },
          ]}
        />
      </div>
      {projects.isPending ? <SkeletonRows rows={3} className="border-t border-line-strong" /> : null}
      {projects.isError ? (
        <ErrorState
          error={projects.error}
          title="The projects could not be loaded"
          onRetry={() => void projects.refetch()}
          className="mt-6"
        />
      ) : null}
      {projects.data?.length === 0 && !isArchived ? (
        <EmptyState
          icon={<FolderKanban />}
          title="No project yet"
          action={
            canManage ? (
              <Button variant="primary" onClick={create}>
                Create a project
              </Button>
            ) : null
          }
        >
          What calls are for: with keys of its own, or named in the header OpenAI-Project. What each project
          costs is counted for itself, and can have a budget.
        </EmptyState>
      ) : null}
      {projects.data?.length === 0 && isArchived ? (
        <EmptyState icon={<FolderKanban />} title="No project is archived">
          A project that is archived takes no calls. What it has cost stays.
        </EmptyState>
      ) : null}
      {projects.data && projects.data.length > 0 ? (
        <DataTable
          label="Projects"
          columns={columns}
          rows={projects.data}
          rowKey={(project) => project.id}
          compact={(project) => (
            <div className="flex items-start gap-3">
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{project.name}</p>
                <p className="mt-0.5 truncate font-mono text-sm text-ink-2">{project.slug}</p>
                <p className="mt-0.5 text-sm text-ink-2">
                  <SpendLink project={project} nanos={spend?.get(project.id)} isKnown={spend !== undefined} />{' '}
                  this month
                </p>
              </div>
              <ProjectActions project={project} onEdit={setEditing} />
            </div>
          )}
          onLoadMore={projects.hasNextPage ? () => void projects.fetchNextPage() : undefined}
          loadingMore={projects.isFetchingNextPage}
        />
      ) : null}
      {search.create && canManage ? (
        <ProjectDialog project={null} onClose={() => void navigate({ search: {}, replace: true })} />
      ) : null}
      {editing ? <ProjectDialog project={editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  )
}

/** What each project has cost this month, by its id; undefined until it is known. */
function useSpend(): ReadonlyMap<string, string> | undefined {
  const { from, to } = daysOf('month')
  const summary = useQuery({
    ...summaryQuery({ groupBy: 'project', from, to }),
    enabled: useCan('read:usage'),
  })
  return useMemo(
    () =>
      summary.data &&
      new Map(
        summary.data.data.flatMap(({ group: [one], costNanos }) =>
          one?.value ? [[one.value, costNanos] as const] : [],
        ),
      ),
    [summary.data],
  )
}

function SpendLink({
  project,
  nanos = '0',
  isKnown,
}: {
  project: Project
  nanos?: string | undefined
  isKnown: boolean
}) {
  if (!isKnown) return <span className="text-ink-3">–</span>
  return (
    <Link
      to="/usage/requests"
      search={{ project: project.id }}
      className="rounded-sm underline decoration-line-strong underline-offset-3 hover:decoration-accent-line"
    >
      <Money nanos={nanos} />
      <span className="sr-only"> for the requests of {project.name}</span>
    </Link>
  )
}

function ProjectActions({ project, onEdit }: { project: Project; onEdit: (project: Project) => void }) {
  const canManage = useCan('manage:projects')
  const path = { id: project.id }
  const isArchived = project.archivedAt !== null
  const move = useMutation({
    mutationFn: (archive: boolean) =>
      archive
        ? take(api.POST('/api/v1/projects/{id}/archive', { params: { path } }))
        : take(api.POST('/api/v1/projects/{id}/restore', { params: { path } })),
    onSuccess: async (moved) => {
      await queryClient.invalidateQueries({ queryKey: projectsKey })
      if (moved.archivedAt === null) toast(`“${project.name}” was restored`)
      else
        toast(`“${project.name}” was archived`, {
          description: 'Its keys work no longer, and no call can name it.',
          action: { label: 'Undo', onClick: () => move.mutate(false) },
        })
    },
    onError: (error) => toast.error('The project could not be changed', { description: messageOf(error) }),
  })
  if (!canManage) return null
  return (
    <span className="inline-flex gap-1">
      {isArchived ? null : (
        <Button
          variant="ghost"
          size="sm"
          data-row-primary
          aria-label={`Change ${project.name}`}
          onClick={() => onEdit(project)}
        >
          Change
        </Button>
      )}
      <Button
        variant="ghost"
        size="sm"
        busy={move.isPending}
        aria-label={`${isArchived ? 'Restore' : 'Archive'} ${project.name}`}
        onClick={() => move.mutate(!isArchived)}
      >
        {isArchived ? 'Restore' : 'Archive'}
      </Button>
    </span>
  )
}
