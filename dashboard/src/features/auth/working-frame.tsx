import type { ReactNode } from 'react'
import { Skeleton } from '../../ui/skeleton.tsx'
import { AuthFrame } from './auth-frame.tsx'

/** While the link of a letter does its work. */
export function WorkingFrame({ title, footer }: { title: string; footer: ReactNode }) {
  return (
    <AuthFrame title={title} footer={footer}>
      <div role="status" aria-label={title}>
        <Skeleton className="w-full" />
        <Skeleton className="mt-2 w-2/3" />
      </div>
    </AuthFrame>
  )
}
