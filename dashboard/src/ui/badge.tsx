import { cva, type VariantProps } from 'class-variance-authority'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

const badge = cva(
  'inline-flex h-5 items-center gap-1.5 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
  {
    variants: {
      tone: {
        neutral: 'bg-sunken text-ink-2 ring-1 ring-line ring-inset',
        accent: 'bg-accent-soft text-accent-ink',
        amber: 'bg-amber-soft text-amber',
        red: 'bg-red-soft text-red',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
)

export type Tone = NonNullable<VariantProps<typeof badge>['tone']>

export function Badge({
  tone,
  className,
  children,
}: {
  tone?: Tone
  className?: string
  children: ReactNode
}) {
  return <span className={cn(badge({ tone }), className)}>{children}</span>
}

const dots: Record<Tone, string> = {
  neutral: 'bg-ink-3',
  accent: 'bg-accent',
  amber: 'bg-amber-fill',
  red: 'bg-red',
}

/** A state in a table: a dot and a word, without a box. */
export function StatusDot({ tone, live, children }: { tone: Tone; live?: boolean; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span className={cn('size-1.5 rounded-full', dots[tone], live && 'animate-breathe')} aria-hidden />
      {children}
    </span>
  )
}
