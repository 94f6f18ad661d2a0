import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { Button } from '../ui/button.tsx'
import { useTitle } from '../ui/page.tsx'
import { Skeleton, SkeletonRows } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'

/** A page whose code is still on its way: heading and rows in their final places. */
export function PagePending() {
  return (
    <div className="mx-auto w-full max-w-[75rem] px-8 max-md:px-4">
      <div className="border-b pt-7 pb-4 max-md:pt-5">
        <Skeleton className="h-6 w-40" />
        <Skeleton className="mt-2 w-72 max-w-full" />
      </div>
      <SkeletonRows className="mt-6" />
    </div>
  )
}

/** Between another provider and here. */
export function SigningIn() {
  useTitle('Signing in')
  return (
    <main className="mx-auto flex min-h-[60dvh] w-full max-w-90 flex-col justify-center px-6">
      <h1 className="text-xl font-semibold tracking-[-0.022em]">Signing you in</h1>
      <div role="status" aria-label="Signing you in" className="mt-4">
        <Skeleton className="w-full" />
        <Skeleton className="mt-2 w-2/3" />
      </div>
    </main>
  )
}

export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  useTitle('Something failed')
  return (
    <main className="mx-auto flex min-h-[60dvh] w-full max-w-lg flex-col justify-center px-6">
      <h1 className="sr-only">Something failed</h1>
      <ErrorState
        error={error}
        title="This page could not be shown"
        onRetry={() => {
          queries.reset()
          reset()
          void router.invalidate()
        }}
      />
    </main>
  )
}

export function NotFound() {
  useTitle('Not found')
  return (
    <main className="mx-auto flex h-full min-h-[60dvh] max-w-md flex-col justify-center px-6">
      <p className="font-mono text-sm text-ink-3">404</p>
      <h1 className="mt-1 text-lg font-semibold tracking-[-0.015em]">There is nothing at this address</h1>
      <p className="mt-1 text-sm text-pretty text-ink-2">
        It may have been deleted, it may belong to another of your organizations, or the link has a slip in
        it.
      </p>
      <div className="mt-5 flex gap-2">
        <Button asChild variant="primary">
          <Link to="/">Go home</Link>
        </Button>
        <Button onClick={() => history.back()}>Back</Button>
      </div>
    </main>
  )
}
