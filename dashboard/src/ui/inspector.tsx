import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useWide } from '../app/media-query.ts'
import { Button } from './button.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { Sheet } from './sheet.tsx'
import { Tooltip } from './tooltip.tsx'

/**
 * The panel at the right for a row's detail. Beside the page where there is room, over it where there is not.
 * Whoever opens it keeps what is open in the URL; Escape closes it.
 */
export function Inspector({
  title,
  subtitle,
  actions,
  onClose,
  children,
}: {
  title: string
  subtitle?: ReactNode
  actions?: ReactNode
  onClose: () => void
  children: ReactNode
}) {
  const wide = useWide()
  const panel = useRef<HTMLElement>(null)
  const close = useRef(onClose)
  close.current = onClose

  useEffect(() => {
    if (!wide) return
    const opener = document.activeElement
    panel.current?.focus({ preventScroll: true })
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      // A menu, dialog or popover that is open takes Escape for itself.
      if (document.querySelector('[role="dialog"],[role="menu"],[role="listbox"]')) return
      event.preventDefault()
      close.current()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
    }
  }, [wide])

  const content = (
    <>
      <header className="flex items-start gap-2 border-b px-5 py-3.5">
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-base font-semibold" title={title}>
            {title}
          </h2>
          {subtitle ? <div className="mt-0.5 text-xs text-ink-3">{subtitle}</div> : null}
        </div>
        {actions}
        <Tooltip label="Close" keys="esc">
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label="Close the panel"
            onClick={onClose}
            className="-mr-2"
          >
            <X />
          </Button>
        </Tooltip>
      </header>
      <ScrollRegion label={`${title}, details`} className="min-h-0 flex-1 overflow-x-hidden">
        {children}
      </ScrollRegion>
    </>
  )

  if (!wide) {
    return (
      <Sheet open onOpenChange={(open) => !open && onClose()} side="right" title={title}>
        {content}
      </Sheet>
    )
  }
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label={title}
      className="animate-inspector flex h-full w-[26rem] shrink-0 flex-col border-l bg-raised outline-none"
    >
      {content}
    </aside>
  )
}
