import { type ComponentProps, isValidElement, type ReactNode, useEffect, useState } from 'react'
import { type Components, defaultRehypePlugins, Streamdown, type StreamdownProps } from 'streamdown'
import { ScrollRegion } from '../../ui/scroll-region.tsx'
import { CitationMark } from './citation-mark.tsx'
import { CodeBlock } from './code-block.tsx'
import { dollarMath, hasMath } from './dollar-math.ts'
import { rehypeCitations } from './rehype-citations.ts'

/**
 * Markdown of an answer. Text from a model or a document is not trusted: HTML is shown as text, images are never
 * loaded (their address could carry words out), links show where they lead and open apart.
 */
export default function AnswerText({ text, streaming }: { text: string; streaming: boolean }) {
  // The two modes draw other elements: an answer that was written on this page keeps its own to the end and after.
  const [written] = useState(streaming)
  const readable = dollarMath(streaming ? withoutHalfMarker(text) : text)
  const plugins = useMathPlugin(hasMath(readable))
  return (
    <Streamdown
      className="answer"
      mode={written ? 'streaming' : 'static'}
      parseIncompleteMarkdown={streaming}
      components={components}
      rehypePlugins={rehypePlugins}
      remend={{ linkMode: 'text-only' }}
      controls={false}
      skipHtml
      {...(plugins ? { plugins } : {})}
    >
      {readable}
    </Streamdown>
  )
}

/** What draws formulas, once an answer has one and it is loaded; until then they are shown as they are written. */
function useMathPlugin(wanted: boolean): StreamdownProps['plugins'] {
  const [plugins, setPlugins] = useState<StreamdownProps['plugins']>(undefined)
  useEffect(() => {
    if (wanted) void import('./math-plugin.ts').then(({ mathPlugin }) => setPlugins({ math: mathPlugin }))
  }, [wanted])
  return plugins
}

/** A marker that has half arrived waits for its other half, so that nothing is drawn and then changed. */
function withoutHalfMarker(text: string): string {
  return text.replace(/\s?\[[\d,\s]*$/, '')
}

// Not streamdown's own list: HTML is not parsed, and what may be loaded or followed is decided by the components below.
const rehypePlugins: NonNullable<StreamdownProps['rehypePlugins']> = [
  ...(defaultRehypePlugins.sanitize ? [defaultRehypePlugins.sanitize] : []),
  rehypeCitations,
]

const components: Components = {
  // The page's own headings come first, and a model skips levels as it likes: all of an answer's are of one level.
  h1: 'h3',
  h2: 'h3',
  h3: 'h3',
  h4: 'h3',
  h5: 'h3',
  h6: 'h3',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  hr: 'hr',
  blockquote: 'blockquote',
  strong: 'strong',
  thead: 'thead',
  tbody: 'tbody',
  tr: 'tr',
  th: 'th',
  td: 'td',
  code: ({ node: _, className, children }) => <code className={className}>{children}</code>,
  pre: ({ children }) => (
    <CodeBlock code={textOf(children).replace(/\n$/, '')} language={languageOf(children)} />
  ),
  table: ({ children }) => (
    <ScrollRegion label="Table">
      <table>{children}</table>
    </ScrollRegion>
  ),
  img: ({ alt }) => <span className="text-ink-3">[image not shown{alt ? `: ${alt}` : ''}]</span>,
  a: ({ href, children }) => <AnswerLink href={href}>{children}</AnswerLink>,
  // rehypeCitations makes these and gives them their number.
  'cite-mark': ({ marker, gap }) => <CitationMark marker={Number(marker)} gap={String(gap ?? '')} />,
}

const followed = new Set(['https:', 'http:', 'mailto:'])

function AnswerLink({ href, children }: Pick<ComponentProps<'a'>, 'href' | 'children'>) {
  const url = href && URL.canParse(href) ? new URL(href) : null
  if (url === null || !followed.has(url.protocol)) return <>{children}</>
  const { host } = url
  const named = host !== '' && !textOf(children).includes(host)
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
        {children}
      </a>
      {named ? <span className="text-ink-3"> ({host})</span> : null}
    </>
  )
}

/** The language that stands behind the fence of a block. */
function languageOf(node: ReactNode): string {
  if (!isValidElement<{ className?: string }>(node)) return ''
  return /(?:^|\s)language-(\S+)/.exec(node.props.className ?? '')?.[1] ?? ''
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node)
  if (Array.isArray(node)) return node.map(textOf).join('')
  if (isValidElement<{ children?: ReactNode }>(node)) return textOf(node.props.children)
  return ''
}
