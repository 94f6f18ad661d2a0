import { useMemo } from 'react'
import type { PromptVersion } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { useMediaQuery } from '../../app/media-query.ts'
import { cn } from '../../ui/cn.ts'
import { SectionHeader } from '../../ui/page.tsx'
import { type DiffLine, type DiffRow, diffRows, textOf } from './diff-rows.ts'

/** What is different between two versions: beside each other where there is room, one under the other where not. */
export function VersionDiff({ before, after }: { before: PromptVersion; after: PromptVersion }) {
  const narrow = useMediaQuery('(max-width: 900px)')
  const rows = useMemo(() => diffRows(textOf(before), textOf(after)), [before, after])
  const changed = rows.filter(({ same }) => !same).length
  return (
    <section aria-labelledby="diff">
      <SectionHeader id="diff" title={`Version ${before.number} and version ${after.number}`}>
        <span className="text-sm text-ink-2">
          {changed === 0 ? 'The same words' : `${plural(changed, 'line')} differ`}
        </span>
      </SectionHeader>
      <div className="mt-1 overflow-hidden rounded-md border font-mono text-xs leading-5">
        {narrow
          ? rows.map((row, place) => <InlineRow key={keyOf(row, place)} row={row} />)
          : rows.map((row, place) => (
              <div key={keyOf(row, place)} className="grid grid-cols-2">
                <Line line={row.before} kind={row.same ? 'same' : 'before'} className="border-r" />
                <Line line={row.after} kind={row.same ? 'same' : 'after'} />
              </div>
            ))}
      </div>
    </section>
  )
}

function keyOf({ before, after }: DiffRow, place: number): string {
  return `${before?.number ?? ''}-${after?.number ?? ''}-${place}`
}

function InlineRow({ row }: { row: DiffRow }) {
  if (row.same) return <Line line={row.after} kind="same" />
  return (
    <>
      {row.before ? <Line line={row.before} kind="before" /> : null}
      {row.after ? <Line line={row.after} kind="after" /> : null}
    </>
  )
}

const grounds = { same: '', before: 'bg-red-soft', after: 'bg-accent-soft' }
const marks = { same: '', before: 'bg-red-line', after: 'bg-accent-line' }
const signs = { same: ' ', before: '−', after: '+' }
const words = { same: '', before: 'Before: ', after: 'After: ' }

function Line({
  line,
  kind,
  className,
}: {
  line: DiffLine | null
  kind: 'same' | 'before' | 'after'
  className?: string
}) {
  if (line === null) return <div className={cn('bg-sunken', className)} />
  return (
    <div className={cn('flex min-w-0', grounds[kind], className)}>
      <span aria-hidden className="w-9 shrink-0 pr-2 text-right text-ink-3 select-none max-md:w-7">
        {line.number}
      </span>
      <span aria-hidden className="w-3 shrink-0 text-ink-2 select-none">
        {signs[kind]}
      </span>
      <span className="min-w-0 flex-1 pr-2 [overflow-wrap:anywhere] whitespace-pre-wrap">
        <span className="sr-only">{words[kind]}</span>
        {line.parts.map(({ text, changed }, place) => (
          // Parts of a line never move.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <span key={place} className={cn(changed && 'rounded-[2px]', changed && marks[kind])}>
            {text}
          </span>
        ))}
      </span>
    </div>
  )
}
