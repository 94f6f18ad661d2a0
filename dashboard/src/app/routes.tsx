import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { searchPeriods } from '../features/knowledge/search-periods.ts'
import { administrationRoutes } from './administration-routes.tsx'
import type { DocumentStatus } from './api-types.ts'
import { appRoute, rootRoute } from './root-routes.tsx'
import { compact, oneOf, type Search, text, wholeNumber } from './search-params.ts'
import { signedOutRoutes } from './signed-out-routes.tsx'

const documentStatuses = [
  'queued',
  'parsing',
  'embedding',
  'ready',
  'failed',
] as const satisfies DocumentStatus[]

const homeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../features/home/home-page.tsx'), 'HomePage'),
})

const chatRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/chat/{-$conversationId}',
  staticData: { needs: 'read:conversations' },
  validateSearch: (search: Search) => compact({ passage: text(search.passage), ask: text(search.ask) }),
  component: lazyRouteComponent(() => import('../features/chat/chat-page.tsx'), 'ChatPage'),
})

const sharedRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/shared/$shareId',
  staticData: { needs: 'read:conversations' },
  validateSearch: (search: Search) => compact({ passage: text(search.passage) }),
  component: lazyRouteComponent(() => import('../features/chat/shared-page.tsx'), 'SharedPage'),
})

const documentsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge',
  staticData: { needs: 'read:documents' },
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
  staticData: { needs: 'read:documents' },
  validateSearch: (search: Search) =>
    compact({
      q: text(search.q),
      collection: text(search.collection),
      type: text(search.type),
      by: text(search.by),
      document: text(search.document),
      when: oneOf(searchPeriods, search.when),
      passage: text(search.passage),
    }),
  component: lazyRouteComponent(() => import('../features/knowledge/search-page.tsx'), 'SearchPage'),
})

const qualityRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge/quality',
  staticData: { needs: 'read:documents' },
  validateSearch: (search: Search) => compact({ collection: text(search.collection) }),
  component: lazyRouteComponent(() => import('../features/knowledge/quality-page.tsx'), 'QualityPage'),
})

const documentRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge/$documentId',
  staticData: { needs: 'read:documents' },
  validateSearch: (search: Search) => compact({ passage: text(search.passage) }),
  component: lazyRouteComponent(() => import('../features/knowledge/document-page.tsx'), 'DocumentPage'),
})

const usageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage',
  staticData: { needs: 'read:usage' },
  validateSearch: (search: Search) =>
    compact({
      range: oneOf(['7d', '30d', '90d', 'month'], search.range),
      by: oneOf(
        ['member', 'key', 'service_account', 'project', 'tag', 'purpose', 'provider', 'status'],
        search.by,
      ),
      budget: search.budget === true ? true : text(search.budget),
    }),
  component: lazyRouteComponent(() => import('../features/usage/usage-page.tsx'), 'UsagePage'),
})

const requestsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage/requests',
  staticData: { needs: 'read:usage' },
  validateSearch: (search: Search) =>
    compact({
      request: text(search.request),
      status: oneOf(['ok', 'error', 'aborted', 'interrupted'], search.status),
      model: text(search.model),
      who: text(search.who),
      project: text(search.project),
      tag: text(search.tag),
    }),
  component: lazyRouteComponent(() => import('../features/usage/requests-page.tsx'), 'RequestsPage'),
})

const limitsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage/limits',
  staticData: { needs: 'read:budgets' },
  component: lazyRouteComponent(() => import('../features/usage/limits-page.tsx'), 'LimitsPage'),
})

const creditsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage/credits',
  staticData: { needs: 'read:budgets' },
  validateSearch: (search: Search) => compact({ grant: search.grant === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/credits/credits-page.tsx'), 'CreditsPage'),
})

const queuedCallsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage/queued',
  staticData: { needs: 'use:models' },
  validateSearch: (search: Search) => compact({ call: text(search.call) }),
  component: lazyRouteComponent(() => import('../features/usage/queued-page.tsx'), 'QueuedPage'),
})

const modelsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/models',
  staticData: { needs: 'read:models' },
  validateSearch: (search: Search) =>
    compact({
      q: text(search.q),
      sort: oneOf(['name', 'latency', 'first', 'errors', 'price'], search.sort),
      desc: search.desc === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import('../features/models/models-page.tsx'), 'ModelsPage'),
})

const modelRoutesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/models/routes',
  staticData: { needs: 'read:models' },
  validateSearch: (search: Search) =>
    compact({ alias: text(search.alias), create: search.create === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/models/routes-page.tsx'), 'RoutesPage'),
})

const providerKeysRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/models/keys',
  staticData: { needs: 'manage:models' },
  validateSearch: (search: Search) =>
    compact({ key: text(search.key), create: search.create === true ? true : undefined }),
  component: lazyRouteComponent(
    () => import('../features/models/provider-keys-page.tsx'),
    'ProviderKeysPage',
  ),
})

const promptsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/models/prompts',
  staticData: { needs: 'read:prompts' },
  validateSearch: (search: Search) =>
    compact({
      q: text(search.q),
      folder: text(search.folder),
      archived: search.archived === true ? true : undefined,
      create: search.create === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import('../features/prompts/prompts-page.tsx'), 'PromptsPage'),
})

const promptRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/models/prompts/$promptId',
  staticData: { needs: 'read:prompts' },
  validateSearch: (search: Search) =>
    compact({
      version: wholeNumber(search.version),
      compare: wholeNumber(search.compare),
      edit: search.edit === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import('../features/prompts/prompt-page.tsx'), 'PromptPage'),
})

const playgroundRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/models/playground',
  staticData: { needs: 'use:models' },
  validateSearch: (search: Search) =>
    compact({ prompt: text(search.prompt), version: wholeNumber(search.version) }),
  component: lazyRouteComponent(() => import('../features/playground/playground-page.tsx'), 'PlaygroundPage'),
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
  staticData: { needs: 'read:api_keys' },
  validateSearch: (search: Search) =>
    compact({
      create: search.create === true ? true : undefined,
      owner: text(search.owner),
      name: text(search.name),
      scope: text(search.scope),
    }),
  component: lazyRouteComponent(() => import('../features/api-keys/api-keys-page.tsx'), 'ApiKeysPage'),
})

export const routeTree = rootRoute.addChildren([
  ...signedOutRoutes,
  appRoute.addChildren([
    homeRoute,
    chatRoute,
    sharedRoute,
    documentsRoute,
    searchRoute,
    qualityRoute,
    documentRoute,
    usageRoute,
    requestsRoute,
    limitsRoute,
    creditsRoute,
    queuedCallsRoute,
    modelsRoute,
    modelRoutesRoute,
    providerKeysRoute,
    promptsRoute,
    promptRoute,
    playgroundRoute,
    connectRoute,
    apiKeysRoute,
    ...administrationRoutes,
  ]),
])
