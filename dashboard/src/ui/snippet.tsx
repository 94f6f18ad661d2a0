import { cn } from './cn.ts'
import { CopyButton } from './copy.tsx'

/** Code to copy. Scrolls sideways rather than breaking a line of code in two. */
export function Snippet({ code, label, className }: { code: string; label: string; className?: string }) {
  return (
    <div className={cn('relative rounded-md border bg-sunken', className)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0} className="scroll-quiet overflow-x-auto p-3 pr-12 font-mono text-xs leading-5">
        <code>{code}</code>
      </pre>
      <CopyButton value={code} label={`Copy ${label}`} className="absolute top-1.5 right-1.5 bg-sunken" />
    </div>
  )
}
