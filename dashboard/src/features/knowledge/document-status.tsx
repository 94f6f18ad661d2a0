import type { KnowledgeDocument } from '../../app/api-types.ts'
import { formatCount, plural } from '../../app/format.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { ProgressBar } from '../../ui/gauge.tsx'
import { isInProgress } from './queries.ts'

/** What is being done and how much is left, in words. */
export function progressText({ status, progress }: KnowledgeDocument): string {
  if (status === 'queued') return 'Waiting to be read'
  const verb = status === 'parsing' ? 'Reading' : 'Indexing'
  if (progress.total === null || progress.total === 0) {
    return progress.done > 0 ? `${verb}: ${plural(progress.done, progress.unit.slice(0, -1))}` : verb
  }
  const unit = progress.unit === 'pages' ? 'page' : 'passage'
  return `${verb} ${unit} ${formatCount(Math.min(progress.done + 1, progress.total))} of ${formatCount(progress.total)}`
}

export function progressPart({ progress }: KnowledgeDocument): number | null {
  return progress.total ? Math.min(1, progress.done / progress.total) : null
}

export function DocumentState({ document }: { document: KnowledgeDocument }) {
  if (document.status === 'ready') return <StatusDot tone="accent">Ready</StatusDot>
  if (document.status === 'failed') return <StatusDot tone="red">Failed</StatusDot>
  return (
    <span className="flex w-44 flex-col gap-1.5">
      <span className="text-sm text-ink-2">{progressText(document)}</span>
      {isInProgress(document) ? (
        <ProgressBar
          value={document.status === 'queued' ? 0 : progressPart(document)}
          label={`${document.name}: ${progressText(document)}`}
        />
      ) : null}
    </span>
  )
}
