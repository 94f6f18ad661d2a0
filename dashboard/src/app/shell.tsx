import { Outlet, useChildMatches, useLocation, useMatches } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { UnverifiedBanner } from '../features/account/unverified-banner.tsx'
import { PortalContainer } from '../ui/portal-container.ts'
import { BottomBar } from './bottom-bar.tsx'
import { usePhone } from './media-query.ts'
import { openOverlay, useOverlay } from './overlays.ts'
import { Rail } from './rail.tsx'
import { useSession } from './session.ts'
import { useShortcuts } from './shortcuts.ts'

const Palette = lazy(() => import('./palette.tsx'))
const ShortcutsSheet = lazy(() => import('./shortcuts-sheet.tsx'))
const MoreSheet = lazy(() => import('./more-sheet.tsx'))
const ConnectModelDialog = lazy(() => import('../features/models/connect-model-dialog.tsx'))
const CreateOrganizationDialog = lazy(() => import('../features/organization/create-organization-dialog.tsx'))
const Forbidden = lazy(() => import('../features/organization/forbidden.tsx'))
const FirstOrganization = lazy(() => import('../features/organization/first-organization.tsx'))

/** The frame of everything behind the sign-in: rail or bottom bar, the page, and what may float over it. */
export function Shell() {
  const session = useSession()
  const phone = usePhone()
  // The matches and not the address: they change together with what the outlet shows.
  const inAccount = useChildMatches({
    select: (matches) => matches.some(({ routeId }) => routeId.startsWith('/app/account')),
  })
  const [main, setMain] = useState<HTMLElement | null>(null)
  useShortcuts()
  useFocusOnNavigation()

  if (session.organization === null) {
    // The account is the person's own, whether or not they belong to anything.
    if (inAccount) {
      return (
        <main id="main" tabIndex={-1} className="h-dvh outline-none">
          <Outlet />
        </main>
      )
    }
    return (
      <Suspense>
        <FirstOrganization />
      </Suspense>
    )
  }
  return (
    // Another organization is another world: nothing of a page's state survives the switch.
    <div key={session.organization.id} className="flex h-dvh flex-col md:flex-row">
      <PortalContainer value={main}>
        <a
          href="#main"
          className="absolute top-2 left-2 z-70 -translate-y-16 rounded-md bg-ink px-3 py-2 text-sm text-paper focus:translate-y-0"
        >
          Skip to the content
        </a>
        {phone ? null : <Rail />}
        <main
          ref={setMain}
          id="main"
          tabIndex={-1}
          className="relative flex min-h-0 min-w-0 flex-1 flex-col outline-none"
        >
          <UnverifiedBanner />
          <div className="relative min-h-0 flex-1">
            <PermittedPage />
          </div>
        </main>
        {phone ? <BottomBar /> : null}
        <Overlays />
      </PortalContainer>
    </div>
  )
}

/** The page, or for who may not see it a page that says so, before anything of it is asked for. */
function PermittedPage() {
  const { permissions } = useSession()
  const needs = useMatches({ select: (matches) => matches.at(-1)?.staticData.needs })
  if (needs === undefined || permissions.includes(needs)) return <Outlet />
  return (
    <Suspense>
      <Forbidden permission={needs} />
    </Suspense>
  )
}

function Overlays() {
  const overlay = useOverlay()
  const close = (): void => openOverlay(null)
  if (overlay === null) return null
  return (
    <Suspense>
      {overlay === 'palette' ? <Palette onClose={close} /> : null}
      {overlay === 'shortcuts' ? <ShortcutsSheet onClose={close} /> : null}
      {overlay === 'more' ? <MoreSheet onClose={close} /> : null}
      {overlay === 'connect-model' ? <ConnectModelDialog onClose={close} /> : null}
      {overlay === 'create-organization' ? <CreateOrganizationDialog onClose={close} /> : null}
    </Suspense>
  )
}

/** After a change of page the focus stands at the content, so that a screen reader starts there and Tab goes on from there. */
function useFocusOnNavigation(): void {
  const { pathname } = useLocation()
  const section = pathname.split('/').slice(0, 3).join('/')
  const previous = useRef(section)
  useEffect(() => {
    if (previous.current === section) return
    previous.current = section
    // A page that puts the focus somewhere itself (a composer, a search box) wins.
    if (document.activeElement === null || document.activeElement === document.body) {
      document.getElementById('main')?.focus({ preventScroll: true })
    }
  }, [section])
}
