import { Link, useLocation } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { cn } from '../ui/cn.ts'
import { Kbd } from '../ui/kbd.tsx'
import { OrganizationSwitcher } from './organization-switcher.tsx'
import { openOverlay } from './overlays.ts'
import { PersonMenu } from './person-menu.tsx'
import { isInSection, useSections } from './sections.ts'

export function Rail() {
  const { pathname } = useLocation()
  const sections = useSections()
  return (
    <header className="flex h-full w-60 shrink-0 flex-col border-r bg-sunken">
      <div className="px-3 pt-3">
        <OrganizationSwitcher />
        <button
          type="button"
          onClick={() => openOverlay('palette')}
          className="mt-3 flex h-8 w-full items-center gap-2 rounded-md border border-line-strong bg-raised px-2.5 text-sm text-ink-3 transition-colors hover:text-ink"
        >
          <Search className="size-4" aria-hidden />
          <span className="flex-1 text-left">Search</span>
          <Kbd keys="mod+k" />
        </button>
      </div>
      <nav aria-label="Sections" className="scroll-quiet mt-4 flex-1 overflow-y-auto px-3">
        <ul className="flex flex-col gap-0.5">
          {sections.map((section) => {
            const active = isInSection(section, pathname)
            return (
              <li key={section.to}>
                <Link
                  to={section.to}
                  aria-current={active ? 'page' : undefined}
                  className={cn(
                    'group relative flex h-8 items-center gap-2.5 rounded-md px-2.5 text-base text-ink-2 transition-colors hover:bg-hover hover:text-ink',
                    active && 'bg-hover font-medium text-ink',
                  )}
                >
                  <section.icon
                    className={cn('size-4 text-ink-3', active && 'text-accent-ink')}
                    strokeWidth={active ? 2.1 : 1.8}
                    aria-hidden
                  />
                  {section.label}
                  <Kbd
                    keys={`g ${section.key}`}
                    className="ml-auto opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100"
                  />
                </Link>
              </li>
            )
          })}
        </ul>
      </nav>
      <div className="border-t px-3 py-2.5">
        <PersonMenu />
      </div>
    </header>
  )
}
