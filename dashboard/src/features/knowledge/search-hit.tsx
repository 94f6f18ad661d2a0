import { Link } from '@tanstack/react-router'
import { Target } from 'lucide-react'
import { Fragment, useState } from 'react'
import type { SearchHit } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { cn } from '../../ui/cn.ts'
import { FileIcon } from './file-icon.tsx'
import { GoldQuestionDialog } from './gold-question-dialog.tsx'
import { placeOf } from './place.ts'

/** A passage found: where it stands, its text from the first word that matched, and why it was found. */
export function Hit({ hit, query, active }: { hit: SearchHit; query: string; active: boolean }) {
  const { passage, document } = hit
  const canWrite = useCan('write:documents')
  const [adding, setAdding] = useState(false)
  return (
    <li
      className={cn(
        'row-bleed relative max-w-180 border-b py-4 transition-colors',
        active ? 'row-chosen' : 'hover:row-quiet',
      )}
    >
      <div className="flex items-baseline gap-2">
        <FileIcon mediaType={document.mediaType} className="size-4 shrink-0 self-center text-ink-3" />
        <Link
          to="/knowledge/search"
          search={(old) => ({ ...old, passage: passage.id })}
          data-hit
          className="min-w-0 truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
        >
          {passage.documentName}
        </Link>
        <span className="min-w-0 flex-1 truncate text-sm text-ink-3">{placeOf(passage)}</span>
        {canWrite ? (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Make a gold question of “${passage.documentName}”, No. ${hit.rank}`}
            title="This is the right answer: make a gold question"
            // Above the link that covers the whole row.
            className="relative z-1 -my-1 self-center"
            onClick={() => setAdding(true)}
          >
            <Target />
          </Button>
        ) : null}
      </div>
      <p className="mt-1 line-clamp-3 text-base leading-5.5 text-ink-2">
        <Excerpt hit={hit} />
      </p>
      <p className="mt-1.5 text-xs text-ink-3">{whyFound(hit)}</p>
      {adding ? <GoldQuestionDialog hit={hit} query={query} onClose={() => setAdding(false)} /> : null}
    </li>
  )
}

const leadIn = 60

/** From a little before the first match, at the beginning of a word. */
function Excerpt({ hit: { passage, highlights } }: { hit: SearchHit }) {
  const { text } = passage
  const first = highlights[0]?.start ?? 0
  const from = first > 2 * leadIn ? text.indexOf(' ', first - leadIn) + 1 : 0
  const shown = highlights.filter(({ start }) => start >= from)
  return (
    <>
      {from > 0 ? '… ' : ''}
      {shown.map(({ start, end }, index) => (
        <Fragment key={start}>
          {text.slice(shown[index - 1]?.end ?? from, start)}
          <mark>{text.slice(start, end)}</mark>
        </Fragment>
      ))}
      {text.slice(shown.at(-1)?.end ?? from)}
    </>
  )
}

/** Which of the two searches found it, how high, and by what. */
function whyFound(hit: SearchHit): string {
  const { textRank, matchedTerms, vectorRank, similarity } = hit
  const words = matchedTerms.slice(0, 5).map((word) => `“${word}”`)
  const alike = similarity === null ? '' : `, ${Math.round(similarity * 100)} % alike`
  const parts = [
    textRank === null
      ? null
      : `No. ${textRank} by its words${words.length > 0 ? `: ${words.join(', ')}` : ''}`,
    vectorRank === null ? null : `No. ${vectorRank} by its meaning${alike}`,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}
