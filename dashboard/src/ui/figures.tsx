import type { ReactNode } from 'react'

/** A row of figures between two rules, as at the head of an account. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="mt-6 grid grid-cols-2 gap-y-4 border-y py-4 md:grid-flow-col md:auto-cols-fr md:grid-cols-none [&>*+*]:md:border-l [&>*+*]:md:pl-6">
      {children}
    </dl>
  )
}

export function Figure({
  label,
  children,
  note,
}: {
  label: ReactNode
  children: ReactNode
  note?: ReactNode
}) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="mt-1 text-lg font-medium tracking-[-0.015em]">{children}</dd>
      {note ? <dd className="mt-1 text-xs text-ink-3">{note}</dd> : null}
    </div>
  )
}
