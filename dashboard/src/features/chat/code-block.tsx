import { useEffect, useState } from 'react'
import { CopyButton } from '../../ui/copy.tsx'
import { ScrollRegion } from '../../ui/scroll-region.tsx'
import type { HighlightedLine } from './highlight.ts'

/** Code of an answer: coloured once the colours are loaded, with its language and a way to copy it. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const [highlighted, setHighlighted] = useState<{ code: string; lines: HighlightedLine[] } | null>(null)
  useEffect(() => {
    if (language === '') return
    let gone = false
    void import('./highlight.ts').then(({ highlight }) =>
      highlight(code, language, (lines) => {
        if (!gone) setHighlighted({ code, lines })
      }),
    )
    return () => {
      gone = true
    }
  }, [code, language])
  // While the code grows, what was coloured last stays coloured, and only what came since is plain.
  const known = highlighted !== null && code.startsWith(highlighted.code) ? highlighted : null
  return (
    <div className="rounded-md border bg-sunken">
      <div className="flex h-9 items-center justify-between border-b pr-1 pl-3">
        <span className="font-mono text-xs text-ink-3">{language || 'code'}</span>
        <CopyButton value={code} label="Copy the code" />
      </div>
      <ScrollRegion label="Code">
        <pre className="w-max min-w-full p-3 font-mono text-[0.8125rem] leading-5">
          <code>
            {known?.lines.map((line, number) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              <span key={number}>
                {number === 0 ? null : '\n'}
                {line.map((token) => (
                  <span key={token.offset} className="code-token" style={token.style}>
                    {token.content}
                  </span>
                ))}
              </span>
            ))}
            {code.slice(known?.code.length ?? 0)}
          </code>
        </pre>
      </ScrollRegion>
    </div>
  )
}
