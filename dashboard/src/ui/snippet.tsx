import { cn } from './cn.ts'
import { CopyButton } from './copy.tsx'
import { ScrollRegion } from './scroll-region.tsx'

/** Code to copy. Scrolls sideways rather than breaking a line of code in two; the button never covers it. */
export function Snippet({ code, label, className }: { code: string; label: string; className?: string }) {
  return (
    <div className={cn('flex items-start rounded-md border bg-sunken', className)}>
      <ScrollRegion label={label} className="min-w-0 flex-1">
        <pre className="w-max min-w-full p-3 font-mono text-xs leading-5">
          <code>{code}</code>
        </pre>
      </ScrollRegion>
      <CopyButton value={code} label={`Copy ${label}`} className="m-1.5" />
    </div>
  )
}
