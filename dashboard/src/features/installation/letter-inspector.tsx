import { useState } from 'react'
import type { OutboxMail } from '../../app/api-types.ts'
import { formatExact } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Inspector } from '../../ui/inspector.tsx'
import { Segmented } from '../../ui/segmented.tsx'

/** The addresses that the letter's text names, once each. */
function linksIn(text: string): string[] {
  return [...new Set(text.match(/https?:\/\/[^\s<>"]+/g) ?? [])]
}

/**
 * A letter as it would have arrived. Its HTML stands in a frame without scripts, forms or this page's origin; its links
 * do nothing there and are listed below, to be copied for whom the letter is meant.
 */
export function LetterInspector({ letter, onClose }: { letter: OutboxMail; onClose: () => void }) {
  const [view, setView] = useState<'html' | 'text'>('html')
  const links = linksIn(letter.text)
  return (
    <Inspector title={letter.subject} subtitle={`To ${letter.to}`} onClose={onClose}>
      <div className="flex flex-col gap-4 p-5">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <time dateTime={letter.createdAt} className="text-sm text-ink-2">
            {formatExact(new Date(letter.createdAt))}
          </time>
          <Segmented
            label="How the letter is shown"
            value={view}
            onChange={setView}
            options={[
              { value: 'html', label: 'Letter' },
              { value: 'text', label: 'Text' },
            ]}
          />
        </div>
        {view === 'html' ? (
          <iframe
            title={`The letter “${letter.subject}”`}
            sandbox=""
            srcDoc={letter.html}
            className="h-120 w-full rounded-md border bg-white"
          />
        ) : (
          <pre className="rounded-md border bg-sunken p-3 font-mono text-xs leading-5 break-words whitespace-pre-wrap">
            {letter.text}
          </pre>
        )}
        {links.length > 0 ? (
          <section aria-labelledby="letter-links">
            <h3 id="letter-links" className="text-sm font-medium">
              {links.length === 1 ? 'Its link' : 'Its links'}
            </h3>
            <ul className="mt-1 border-t">
              {links.map((link) => (
                <li key={link} className="flex items-center gap-2 border-b py-1.5">
                  <span className="min-w-0 flex-1 truncate font-mono text-xs text-ink-2" title={link}>
                    {link}
                  </span>
                  <Button asChild size="sm">
                    <a href={link} target="_blank" rel="noreferrer">
                      Open
                    </a>
                  </Button>
                  <CopyButton value={link} label="Copy the link" />
                </li>
              ))}
            </ul>
            <p className="mt-2 text-xs text-pretty text-ink-3">
              A link may sign somebody in or let them join. Hand it only to {letter.to}.
            </p>
          </section>
        ) : null}
      </div>
    </Inspector>
  )
}
