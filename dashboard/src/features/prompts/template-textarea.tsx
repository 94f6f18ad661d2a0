import type { ComponentProps } from 'react'
import { cn } from '../../ui/cn.ts'
import { piecesOf } from './template.ts'

/** Both layers must break lines at the same places: one typeface, one padding, one width. */
const layer =
  'px-3 py-2.5 font-mono text-sm leading-6 whitespace-pre-wrap [overflow-wrap:anywhere] max-md:text-md max-md:leading-7'

/** A text box that marks the variables in what is written, and grows with it. */
export function TemplateTextarea({
  value,
  className,
  ...props
}: Omit<ComponentProps<'textarea'>, 'value'> & { value: string }) {
  return (
    <div
      className={cn(
        'grid rounded-md border border-field bg-raised transition-colors focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/25',
        className,
      )}
    >
      <div aria-hidden className={cn(layer, 'pointer-events-none col-start-1 row-start-1 text-transparent')}>
        <TemplatePieces source={value} />
        {/* A last empty line takes its place too. */}
        {'\u200b'}
      </div>
      <textarea
        rows={2}
        spellCheck
        {...props}
        value={value}
        className={cn(
          layer,
          'col-start-1 row-start-1 block size-full resize-none overflow-hidden bg-transparent text-ink outline-none',
        )}
      />
    </div>
  )
}

/** A text with its variables marked. */
export function TemplatePieces({ source, shown }: { source: string; shown?: boolean }) {
  return piecesOf(source).map(({ at, text, variable }) =>
    variable === null ? (
      <span key={at}>{text}</span>
    ) : (
      <span
        key={at}
        className={cn(
          'rounded-[3px] bg-accent-soft [box-shadow:0_0_0_1px_var(--accent-line)]',
          shown && 'text-accent-ink',
        )}
      >
        {text}
      </span>
    ),
  )
}
