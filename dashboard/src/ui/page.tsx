import { Link, type LinkProps } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { cn } from './cn.ts'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === 'Home' ? 'Freehold' : `${title} · Freehold`
  }, [title])
}

/** The frame of a page: its one column, scrolling, with an inspector beside it where one is open. */
export function Page({
  children,
  inspector,
  wide,
}: {
  children: ReactNode
  inspector?: ReactNode
  wide?: boolean
}) {
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll-quiet min-w-0 flex-1 overflow-y-auto [scrollbar-gutter:stable]" data-page-scroll>
        <div
          className={cn(
            '@container mx-auto w-full px-8 pb-16 max-md:px-4',
            wide ? 'max-w-none' : 'max-w-[75rem]',
          )}
        >
          {children}
        </div>
      </div>
      {inspector}
    </div>
  )
}

/** Where one is and what can be done here. */
export function PageHeader({
  title,
  description,
  actions,
  tabs,
}: {
  title: ReactNode
  description?: ReactNode
  actions?: ReactNode
  tabs?: ReactNode
}) {
  return (
    <header className={cn('border-b pt-7 max-md:pt-5', tabs ? '' : 'pb-4')}>
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <h1 className="min-w-0 text-lg font-semibold tracking-[-0.015em]">{title}</h1>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
      {description ? (
        <p className="mt-0.5 max-w-[72ch] text-sm text-pretty text-ink-2">{description}</p>
      ) : null}
      {tabs ? (
        <nav
          ref={showCurrentTab}
          aria-label="Views"
          className="scroll-quiet relative -mb-px mt-3.5 flex gap-5 max-md:gap-3.5 overflow-x-auto overflow-y-hidden whitespace-nowrap [scrollbar-width:none]"
        >
          {tabs}
        </nav>
      ) : null}
    </header>
  )
}

/** Where the tabs are wider than the screen, the one that is open is in view. */
function showCurrentTab(tabs: HTMLElement | null): void {
  const current = tabs?.querySelector<HTMLElement>('[aria-current=page]')
  if (tabs && current) tabs.scrollLeft = current.offsetLeft + current.offsetWidth - tabs.clientWidth
}

export function PageTab({ children, ...props }: LinkProps & { children: ReactNode }) {
  return (
    <Link
      {...props}
      activeOptions={{ exact: true, includeSearch: false }}
      className="border-b-2 border-transparent pb-2.5 text-sm text-ink-2 transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
    >
      {children}
    </Link>
  )
}

/** A heading over a part of a page, with what belongs to it at the right. */
export function SectionHeader({
  title,
  id,
  children,
}: {
  title: ReactNode
  id?: string
  children?: ReactNode
}) {
  return (
    <div className="flex min-h-8 items-center justify-between gap-4">
      <h2 id={id} className="text-base font-semibold">
        {title}
      </h2>
      {children}
    </div>
  )
}
