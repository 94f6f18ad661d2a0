import { Link, useLocation } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import { cn } from '../ui/cn.ts'
import { openOverlay, useOverlay } from './overlays.ts'
import { isInSection, useSections } from './sections.ts'

const item =
  'flex h-14 flex-1 flex-col items-center justify-center gap-1 text-[0.6875rem] leading-none text-ink-2 [&_svg]:size-5'

/** The phone's rail: the four sections of every day, and the rest behind More. */
export function BottomBar() {
  const { pathname } = useLocation()
  const overlay = useOverlay()
  const shown = useSections().slice(0, 4)
  const inMore = !shown.some((section) => isInSection(section, pathname))
  return (
    <header className="safe-bottom z-30 border-t bg-sunken">
      <nav aria-label="Sections" className="flex">
        {shown.map((section) => {
          const active = isInSection(section, pathname)
          return (
            <Link
              key={section.to}
              to={section.to}
              aria-current={active ? 'page' : undefined}
              className={cn(item, active && 'font-medium text-accent-ink')}
            >
              <section.icon strokeWidth={active ? 2.1 : 1.7} aria-hidden />
              {section.label}
            </Link>
          )
        })}
        <button
          type="button"
          aria-haspopup="dialog"
          aria-expanded={overlay === 'more'}
          onClick={() => openOverlay('more')}
          className={cn(item, inMore && 'font-medium text-accent-ink')}
        >
          <Ellipsis strokeWidth={1.7} aria-hidden />
          More
        </button>
      </nav>
    </header>
  )
}
