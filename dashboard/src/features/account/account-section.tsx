import { type ReactNode, useId } from 'react'

/** A part of the account: what it is at the left, what can be done at the right; on a phone one below the other. */
export function AccountSection({
  title,
  description,
  children,
}: {
  title: string
  description: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-12 gap-y-4 border-b py-8 last:border-b-0 @min-[48rem]:grid-cols-[17rem_minmax(0,34rem)]"
    >
      <div>
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        <p className="mt-1 max-w-[44ch] text-sm text-pretty text-ink-2">{description}</p>
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  )
}
