import { createRouter } from '@tanstack/react-router'
import { onSessionEnded } from './api.ts'
import { queryClient } from './query-client.ts'
import { NotFound, PagePending, RouteError } from './route-states.tsx'
import { routeTree } from './routes.tsx'
import { leaveSession } from './session.ts'

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
}

// The session can end under a page that is open: sign in again and come back to the same place.
onSessionEnded(() => {
  const { href, pathname } = router.state.location
  if (pathname === '/signin' || pathname === '/signup') return
  void router.navigate({ to: '/signin', search: { redirect: href, ended: true } }).then(leaveSession)
})
