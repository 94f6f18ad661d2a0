import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ChevronLeft, FlaskConical, Pencil, X } from 'lucide-react'
import type { Prompt } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Page, PageHeader, SectionHeader, useTitle } from '../../ui/page.tsx'
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { DeployPanel } from './deploy-panel.tsx'
import { HowToCall } from './how-to-call.tsx'
import { LabelChips, production } from './label-chips.tsx'
import { LabelsPanel } from './labels-panel.tsx'
import { PromptMenu } from './prompt-menu.tsx'
import { figuresQuery, movesQuery, promptQuery, versionQuery, versionsQuery } from './queries.ts'
import { Timeline } from './timeline.tsx'
import { VersionDiff } from './version-diff.tsx'
import { VersionEditor } from './version-editor.tsx'
import { VersionSkeleton, VersionView } from './version-view.tsx'

const route = getRouteApi('/app/models/prompts/$promptId')

/** The version that is looked at: the one in the address, else the one that serves, else the newest. */
function versionShown(prompt: Prompt | undefined, asked: number | undefined): number {
  if (asked !== undefined) return asked
  return prompt?.labels.find(({ label }) => label === production)?.version ?? prompt?.latestVersion ?? 0
}

export function PromptPage() {
  const { promptId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const prompt = useQuery(promptQuery(promptId))
  const versions = useInfiniteQuery(versionsQuery(promptId))
  const moves = useQuery(movesQuery(promptId))
  const figures = useQuery(figuresQuery(promptId))
  const number = versionShown(prompt.data, search.version)
  const version = useQuery(versionQuery(promptId, number))
  const other = useQuery(versionQuery(promptId, search.compare ?? 0))
  const canManage = useCan('manage:prompts')
  const canUse = useCan('use:models')
  useTitle(prompt.data?.name ?? 'Prompt')

  if (prompt.isError) {
    return (
      <Page>
        <Crumb />
        <ErrorState
          error={prompt.error}
          title="The prompt could not be loaded"
          onRetry={() => void prompt.refetch()}
          className="mt-6"
        />
      </Page>
    )
  }
  const data = prompt.data
  const editing = search.edit === true && canManage && version.data && data
  const [older, newer] =
    version.data && other.data && other.data.number > version.data.number
      ? [version.data, other.data]
      : [other.data, version.data]
  return (
    <Page>
      <Crumb folder={data?.folder} />
      <PageHeader
        title={
          data ? (
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
              {data.name}
              <LabelChips labels={data.labels} />
            </span>
          ) : (
            <Skeleton className="h-7 w-56" />
          )
        }
        description={data ? data.description || 'No description.' : <Skeleton className="mt-1 w-80" />}
        actions={
          data ? (
            <>
              {canUse ? (
                <Button asChild>
                  <Link to="/models/playground" search={{ prompt: data.id, version: number }}>
                    <FlaskConical /> Try it
                  </Link>
                </Button>
              ) : null}
              {canManage && !editing && data.archivedAt === null ? (
                <Button
                  onClick={() => void navigate({ search: { version: number, edit: true } })}
                  disabled={!version.data}
                >
                  <Pencil /> Write the next version
                </Button>
              ) : null}
              <PromptMenu prompt={data} version={number} />
            </>
          ) : null
        }
      />
      {data?.archivedAt ? (
        <p className="mt-4 border-l-2 border-amber-line py-1 pl-4 text-sm">
          This prompt is archived: calls that say it are refused, and it takes no new version until it is
          restored.
        </p>
      ) : null}
      <div className="mt-6 grid gap-x-10 gap-y-10 @4xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0">
          {editing ? (
            <VersionEditor
              key={version.data.number}
              prompt={data}
              from={version.data}
              onClose={() => void navigate({ search: { version: number } })}
              onSaved={(saved) => void navigate({ search: { version: saved } })}
            />
          ) : version.isError || other.isError ? (
            <ErrorState
              error={version.error ?? other.error}
              title="The version could not be loaded"
              onRetry={() => void version.refetch()}
            />
          ) : search.compare !== undefined ? (
            <>
              <Button asChild size="sm" className="mb-3">
                <Link to="/models/prompts/$promptId" params={{ promptId }} search={{ version: number }}>
                  <X /> Stop comparing
                </Link>
              </Button>
              {older && newer ? <VersionDiff before={older} after={newer} /> : <VersionSkeleton />}
            </>
          ) : version.data ? (
            <>
              <p className="mb-4 text-sm text-ink-2">
                Version {version.data.number}
                {version.data.note === '' ? '' : `: ${version.data.note}`}
              </p>
              <VersionView version={version.data} />
              {data ? <HowToCall prompt={data} version={version.data} /> : null}
            </>
          ) : (
            <VersionSkeleton />
          )}
        </div>
        <aside aria-label="Versions and labels" className="min-w-0">
          {data && moves.data ? (
            <>
              <DeployPanel prompt={data} shown={number} moves={moves.data} figures={figures.data ?? []} />
              <LabelsPanel prompt={data} shown={number} moves={moves.data} />
            </>
          ) : (
            <Skeleton className="h-44 w-full" />
          )}
          <div className="mt-5">
            <SectionHeader title="Versions" />
            {data && versions.data ? (
              <Timeline prompt={data} versions={versions.data} figures={figures.data ?? []} shown={number} />
            ) : (
              <SkeletonRows rows={4} />
            )}
            {versions.hasNextPage ? (
              <Button
                variant="ghost"
                size="sm"
                className="mt-2"
                busy={versions.isFetchingNextPage}
                onClick={() => void versions.fetchNextPage()}
              >
                Older versions
              </Button>
            ) : null}
          </div>
          <p className="mt-5 flex items-center gap-1.5 text-xs text-ink-3">
            Prompt <CopyId value={promptId} short />
          </p>
        </aside>
      </div>
    </Page>
  )
}

function Crumb({ folder = '' }: { folder?: string | undefined }) {
  return (
    <nav
      aria-label="Where this is"
      className="-mb-5 flex items-center pt-5 max-md:-mb-3 max-md:pt-4 text-sm text-ink-2"
    >
      <Link to="/models/prompts" className="inline-flex items-center gap-1 rounded-sm hover:text-ink">
        <ChevronLeft className="size-4" aria-hidden /> Prompts
      </Link>
      {folder === '' ? null : (
        <>
          <span aria-hidden className="px-1.5 text-ink-3">
            /
          </span>
          <Link to="/models/prompts" search={{ folder }} className="truncate rounded-sm hover:text-ink">
            {folder}
          </Link>
        </>
      )}
    </nav>
  )
}
