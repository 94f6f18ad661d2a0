import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { DocumentStatus } from './api-types.ts'
import { dropUndefined } from './drop-undefined.ts'
import { NotFound, RouteError } from './route-states.tsx'
import { sessionQuery } from './session.ts'
import { Shell } from './shell.tsx'

type Search = Record<string, unknown>

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function oneOf<const Value extends string>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((candidate) => candidate === value)
}

const documentStatuses = [
  'queued',
  'parsing',
  'embedding',
  'ready',
  'failed',
] as const satisfies DocumentStatus[]

/** A search with every key optional, as links write it; what is undefined leaves a clean URL. */
function compact<Shape extends object>(shape: Shape): { [Key in keyof Shape]?: Shape[Key] | undefined } {
  return dropUndefined(shape)
}

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: RouteError,
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/signin',
  validateSearch: (search: Search) =>
    compact({ redirect: text(search.redirect), ended: search.ended === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/auth/sign-in-page.tsx'), 'SignInPage'),
})

const signUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/signup',
  validateSearch: (search: Search) => compact({ redirect: text(search.redirect) }),
  component: lazyRouteComponent(() => import('../features/auth/sign-up-page.tsx'), 'SignUpPage'),
})

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery)
    if (session === null) {
      throw redirect({ to: '/signin', search: location.href === '/' ? {} : { redirect: location.href } })
    }
  },
  component: Shell,
  notFoundComponent: NotFound,
})

const homeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../features/home/home-page.tsx'), 'HomePage'),
})

const chatRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/chat/{-$conversationId}',
  validateSearch: (search: Search) => compact({ passage: text(search.passage), ask: text(search.ask) }),
  component: lazyRouteComponent(() => import('../features/chat/chat-page.tsx'), 'ChatPage'),
})

const documentsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge',
  validateSearch: (search: Search) =>
    compact({
      q: text(search.q),
      status: oneOf(documentStatuses, search.status),
      collection: text(search.collection),
      sort: oneOf(['name', 'size', 'passages', 'added'], search.sort),
      desc: search.desc === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import('../features/knowledge/documents-page.tsx'), 'DocumentsPage'),
})

const searchRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge/search',
  validateSearch: (search: Search) => compact({ q: text(search.q), passage: text(search.passage) }),
  component: lazyRouteComponent(() => import('../features/knowledge/search-page.tsx'), 'SearchPage'),
})

const documentRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge/$documentId',
  validateSearch: (search: Search) => compact({ passage: text(search.passage) }),
  component: lazyRouteComponent(() => import('../features/knowledge/document-page.tsx'), 'DocumentPage'),
})

const usageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage',
  validateSearch: (search: Search) =>
    compact({
      range: oneOf(['7d', '30d', '90d', 'month'], search.range),
      budget: search.budget === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import('../features/usage/usage-page.tsx'), 'UsagePage'),
})

const requestsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage/requests',
  validateSearch: (search: Search) =>
    compact({
      request: text(search.request),
      status: oneOf(['ok', 'error', 'aborted', 'interrupted'], search.status),
    }),
  component: lazyRouteComponent(() => import('../features/usage/requests-page.tsx'), 'RequestsPage'),
})

const connectRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/connect',
  beforeLoad: () => {
    throw redirect({ to: '/connect/keys' })
  },
})

const apiKeysRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/connect/keys',
  validateSearch: (search: Search) => compact({ create: search.create === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/api-keys/api-keys-page.tsx'), 'ApiKeysPage'),
})

const membersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization',
  validateSearch: (search: Search) =>
    compact({ q: text(search.q), add: search.add === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/organization/members-page.tsx'), 'MembersPage'),
})

const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/audit',
  validateSearch: (search: Search) => compact({ q: text(search.q), entry: text(search.entry) }),
  component: lazyRouteComponent(() => import('../features/organization/audit-page.tsx'), 'AuditPage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/settings',
  component: lazyRouteComponent(() => import('../features/organization/settings-page.tsx'), 'SettingsPage'),
})

export const routeTree = rootRoute.addChildren([
  signInRoute,
  signUpRoute,
  appRoute.addChildren([
    homeRoute,
    chatRoute,
    documentsRoute,
    searchRoute,
    documentRoute,
    usageRoute,
    requestsRoute,
    connectRoute,
    apiKeysRoute,
    membersRoute,
    auditRoute,
    settingsRoute,
  ]),
])
