import type { ReactNode } from 'react'
import { CopyButton } from './copy.tsx'

/** What has to be entered somewhere else, word for word. */
export function CopyLine({ label, value, hint }: { label: string; value: string; hint?: ReactNode }) {
  return (
    <div>
      <p className="mb-1.5 text-sm font-medium">{label}</p>
      <div className="flex min-h-9 items-center gap-2 rounded-md border bg-sunken pr-1 pl-2.5">
        <code className="min-w-0 flex-1 py-1.5 font-mono text-xs break-all select-all">{value}</code>
        <CopyButton value={value} label={`Copy: ${label}`} />
      </div>
      {hint ? <p className="mt-1.5 text-xs text-pretty text-ink-3">{hint}</p> : null}
    </div>
  )
}
