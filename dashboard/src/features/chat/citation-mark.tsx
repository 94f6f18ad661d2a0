import { HoverCard } from 'radix-ui'
import { useState } from 'react'
import { cn } from '../../ui/cn.ts'
import { usePortalContainer } from '../../ui/portal-container.ts'
import { placeOf } from '../knowledge/place.ts'
import { useCitations } from './citation-context.ts'

/** A small number in the text that opens the passage it stands on; hovering shows the quoted words. */
export function CitationMark({ marker, gap }: { marker: number; gap: string }) {
  const { citations, openPassageId, open } = useCitations()
  const container = usePortalContainer()
  const [hovered, setHovered] = useState(false)
  const citation = citations.find((candidate) => candidate.marker === marker)
  // A number in brackets that cites nothing is only text.
  if (!citation) {
    return (
      <>
        {gap}[{marker}]
      </>
    )
  }
  if (citation.withdrawn) {
    return (
      <span
        title="You may not see this source, or not any more."
        className="mx-0.5 inline-flex h-4 min-w-4 -translate-y-[3px] items-center justify-center rounded-sm bg-sunken px-1 align-baseline font-mono text-[0.6875rem] leading-none text-ink-3 line-through"
      >
        {marker}
        <span className="sr-only"> (source withdrawn)</span>
      </span>
    )
  }
  const place = placeOf(citation)
  const active = citation.passageId === openPassageId
  return (
    <HoverCard.Root open={hovered} onOpenChange={setHovered} openDelay={250} closeDelay={80}>
      <HoverCard.Trigger asChild>
        <button
          type="button"
          aria-label={`Source ${marker}: ${citation.documentName}${place ? `, ${place}` : ''}`}
          aria-pressed={active}
          onClick={(event) => {
            setHovered(false)
            open(citation, event.currentTarget)
          }}
          className={cn(
            'relative mx-0.5 inline-flex h-4 min-w-4 -translate-y-[3px] items-center justify-center rounded-sm px-1 align-baseline font-mono text-[0.6875rem] leading-none font-medium transition-colors',
            // A finger needs more than sixteen pixels.
            'after:absolute after:-inset-1.5 after:content-[""]',
            active ? 'bg-accent text-on-accent' : 'bg-accent-soft text-accent-ink hover:bg-accent-line',
          )}
        >
          {marker}
        </button>
      </HoverCard.Trigger>
      <HoverCard.Portal container={container}>
        <HoverCard.Content
          side="top"
          sideOffset={6}
          collisionPadding={12}
          className="animate-float z-50 w-84 max-w-[calc(100vw-1.5rem)] rounded-md border bg-raised p-3.5 text-sm shadow-float"
        >
          <p className="truncate font-medium">{citation.documentName}</p>
          {place ? <p className="truncate text-xs text-ink-3">{place}</p> : null}
          <p className="mt-2 line-clamp-5 border-l-2 border-accent-line pl-3 text-ink-2">{citation.quote}</p>
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  )
}
