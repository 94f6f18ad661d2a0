import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export type Tone = 'neutral' | 'accent' | 'amber' | 'red'

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
