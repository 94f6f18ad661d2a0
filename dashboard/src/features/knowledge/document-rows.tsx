import { Link } from '@tanstack/react-router'
import type { KnowledgeDocument } from '../../app/api-types.ts'
import { formatBytes, formatCount, plural } from '../../app/format.ts'
import type { Column } from '../../ui/data-table.tsx'
import { Time } from '../../ui/time.tsx'
import { DocumentMenu } from './document-menu.tsx'
import { DocumentState } from './document-status.tsx'
import { failureText } from './failure.ts'
import { FileIcon, kindOf } from './file-icon.tsx'

function DocumentName({ document }: { document: KnowledgeDocument }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <FileIcon mediaType={document.mediaType} className="size-4 shrink-0 text-ink-3" />
      <span className="min-w-0">
        <Link
          to="/knowledge/$documentId"
          params={{ documentId: document.id }}
          data-row-primary
          title={document.name}
          className="block truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
        >
          {document.name}
        </Link>
        {document.status === 'failed' ? (
          <span className="block truncate text-sm text-red" title={failureText(document)}>
            {failureText(document)}
          </span>
        ) : null}
        {document.warnings[0] ? (
          <span className="block truncate text-sm text-amber" title={document.warnings[0].message}>
            {document.warnings[0].message}
          </span>
        ) : null}
      </span>
    </span>
  )
}

export const documentColumns: readonly Column<KnowledgeDocument>[] = [
  {
    id: 'name',
    header: 'Name',
    sortBy: (document) => document.name,
    className: 'w-full max-w-0 py-1.5',
    cell: (document) => <DocumentName document={document} />,
  },
  {
    id: 'status',
    header: 'Status',
    className: 'min-w-44',
    cell: (document) => <DocumentState document={document} />,
  },
  {
    id: 'passages',
    header: 'Passages',
    numeric: true,
    sortBy: (document) => document.passageCount,
    cell: (document) =>
      document.passageCount > 0 ? formatCount(document.passageCount) : <span className="text-ink-3">–</span>,
  },
  {
    id: 'size',
    header: 'Size',
    numeric: true,
    className: 'whitespace-nowrap @max-[52rem]:hidden',
    sortBy: (document) => document.sizeBytes,
    cell: (document) => <span className="text-ink-2">{formatBytes(document.sizeBytes)}</span>,
  },
  {
    id: 'added',
    header: 'Added',
    numeric: true,
    className: 'whitespace-nowrap',
    sortBy: (document) => document.createdAt,
    cell: (document) => <Time value={document.createdAt} className="relative text-ink-2" />,
  },
  {
    id: 'actions',
    header: <span className="sr-only">Actions</span>,
    className: 'w-8 pl-0',
    cell: (document) => <DocumentMenu document={document} />,
  },
]

export function CompactDocument({ document }: { document: KnowledgeDocument }) {
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <DocumentName document={document} />
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 pl-6.5 text-sm text-ink-2">
          <DocumentState document={document} />
          {document.status === 'ready' ? (
            <span>{plural(document.passageCount, 'passage')}</span>
          ) : (
            <span>
              {kindOf(document.mediaType)}, {formatBytes(document.sizeBytes)}
            </span>
          )}
        </div>
      </div>
      <DocumentMenu document={document} />
    </div>
  )
}
