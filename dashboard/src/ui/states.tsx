import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { FreeholdError, messageOf } from '../app/api.ts'
import { Button } from './button.tsx'
import { cn } from './cn.ts'
import { CopyId } from './copy.tsx'

/** Why there is nothing here, and the one thing to do. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon?: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
  className?: string
}) {
  return (
    <div className={cn('mx-auto flex max-w-md flex-col items-center px-4 py-16 text-center', className)}>
      {icon ? <div className="mb-4 text-ink-3 [&_svg]:size-6 [&_svg]:stroke-[1.5]">{icon}</div> : null}
      <h2 className="text-md font-semibold tracking-[-0.01em]">{title}</h2>
      {children ? <div className="mt-1 text-sm text-pretty text-ink-2">{children}</div> : null}
      {action ? <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  )
}

/** What failed, in the server's words, with the request id to quote and a way to try again. */
export function ErrorState({
  error,
  title = 'This could not be loaded',
  onRetry,
  className,
}: {
  error: unknown
  title?: string
  onRetry?: (() => void) | undefined
  className?: string
}) {
  const requestId = error instanceof FreeholdError ? error.requestId : null
  return (
    <div role="alert" className={cn('border-l-2 border-red py-1 pl-4', className)}>
      <p className="font-medium">{title}</p>
      <p className="mt-0.5 text-sm text-pretty text-ink-2">{messageOf(error)}</p>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        {onRetry ? (
          <Button size="sm" onClick={onRetry}>
            <RotateCw /> Try again
          </Button>
        ) : null}
        {requestId ? (
          <span className="flex items-center gap-1.5 text-xs text-ink-3">
            Request <CopyId value={requestId} />
          </span>
        ) : null}
      </div>
    </div>
  )
}
