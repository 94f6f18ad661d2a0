import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ActivityEntry } from '../../app/api-types.ts'
import { formatExact } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Inspector } from '../../ui/inspector.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { Time } from '../../ui/time.tsx'
import { actorName } from './audit-page.tsx'
import { type NameOf, sentenceOf } from './audit-sentences.ts'

/** One entry of the log as it was written. */
export function AuditInspector({
  entry,
  nameOf,
  onClose,
}: {
  entry: ActivityEntry
  nameOf: NameOf
  onClose: () => void
}) {
  const hasChanges = entry.changes !== null && Object.keys(entry.changes).length > 0
  return (
    <Inspector
      title={`${actorName(entry)} ${sentenceOf(entry, nameOf)}`}
      subtitle={<Time value={entry.createdAt} />}
      onClose={onClose}
    >
      <div className="space-y-6 p-5">
        <dl>
          <Row label="Action">
            <span className="font-mono text-xs">{entry.action}</span>
          </Row>
          <Row label="When">{formatExact(new Date(entry.createdAt))}</Row>
          <Row label="By">{actorName(entry)}</Row>
          {entry.actor.id ? (
            <Row label={entry.actor.kind === 'api_key' ? 'Key' : 'Person'}>
              <CopyId value={entry.actor.id} short />
            </Row>
          ) : null}
          <Row label="Address">
            <span className="font-mono text-xs">{entry.ip ?? 'not known'}</span>
          </Row>
          <Row label="Program">
            <span className="text-xs">{entry.userAgent ?? 'not known'}</span>
          </Row>
          <Row label="Request">
            <CopyId value={entry.requestId} short />
          </Row>
          {entry.entity.id ? (
            <Row label={entry.entity.type.replace(/_/g, ' ')}>
              <CopyId value={entry.entity.id} short />
            </Row>
          ) : null}
          <Row label="Entry">
            <CopyId value={entry.id} short />
          </Row>
        </dl>
        <div className="flex flex-wrap gap-2">
          {entry.actor.id ? (
            <Button asChild size="sm">
              <Link
                to="/organization/audit"
                search={{ actor: entry.actor.id, entry: entry.id }}
              >{`All by ${actorName(entry)}`}</Link>
            </Button>
          ) : null}
          <Button asChild size="sm">
            <Link to="/organization/audit" search={{ request: entry.requestId, entry: entry.id }}>
              All of this request
            </Link>
          </Button>
        </div>
        {hasChanges ? (
          <div>
            <h3 className="mb-2 text-sm font-medium">What changed</h3>
            <Snippet code={JSON.stringify(entry.changes, null, 2)} label="the changes" />
          </div>
        ) : null}
      </div>
    </Inspector>
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 border-b py-2 text-sm">
      <dt className="shrink-0 text-ink-2 first-letter:uppercase">{label}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  )
}
