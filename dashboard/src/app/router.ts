import { createRouter } from '@tanstack/react-router'
import { onForbidden, onSessionEnded } from './api.ts'
import { queryClient } from './query-client.ts'
import { NotFound, PagePending, RouteError } from './route-states.tsx'
import { routeTree } from './routes.tsx'
import { leaveSession, refreshSession } from './session.ts'

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 80,
  defaultPendingMinMs: 200,
  defaultPendingComponent: PagePending,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    /** The permission without which the page is not shown. */
    needs?: string
  }
}

// The session can end under a page that is open: sign in again and come back to the same place.
onSessionEnded(() => {
  const { href, pathname } = router.state.location
  if (pathname === '/signin' || pathname === '/signup') return
  void router.navigate({ to: '/signin', search: { redirect: href, ended: true } }).then(leaveSession)
})

// Somebody changed one's role: what one may do from now on is asked at once, and the page shows it.
onForbidden(() => {
  // Whoever was refused says so; not knowing the new role is no second failure.
  refreshSession().catch(() => undefined)
})
