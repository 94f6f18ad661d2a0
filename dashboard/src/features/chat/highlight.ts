import { createCodePlugin } from '@streamdown/code'
import type { CSSProperties } from 'react'

export type HighlightedLine = { offset: number; content: string; style: CSSProperties }[]

// Of high contrast: the plain ones have greys that are hard to read on the ground of a block.
const plugin = createCodePlugin({ themes: ['github-light-high-contrast', 'github-dark-high-contrast'] })

/** Colours code of a language it knows; nothing is told for another. Both themes' colours come as CSS variables. */
export function highlight(code: string, language: string, tell: (lines: HighlightedLine[]) => void): void {
  // Any text may stand behind a fence; the plugin itself says which of them are languages.
  const known = language as Parameters<typeof plugin.supportsLanguage>[0]
  if (!plugin.supportsLanguage(known)) return
  type Result = NonNullable<ReturnType<typeof plugin.highlight>>
  const told = ({ tokens }: Result) =>
    tell(
      tokens.map((line) =>
        line.map(({ offset, content, htmlStyle }) => ({
          offset,
          content,
          // Names of CSS properties, `--shiki-dark` among them, as React takes them.
          style: { '--code-light': htmlStyle?.color, ...htmlStyle, color: undefined } as CSSProperties,
        })),
      ),
    )
  const result = plugin.highlight({ code, language: known, themes: plugin.getThemes() }, told)
  if (result) told(result)
}
