import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { appRoute } from './root-routes.tsx'
import { compact, oneOf, type Search, text } from './search-params.ts'

const membersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization',
  staticData: { needs: 'read:users' },
  validateSearch: (search: Search) =>
    compact({ q: text(search.q), add: search.add === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/organization/members-page.tsx'), 'MembersPage'),
})

const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/audit',
  staticData: { needs: 'read:activity' },
  validateSearch: (search: Search) =>
    compact({
      q: text(search.q),
      entry: text(search.entry),
      kind: text(search.kind),
      actor: text(search.actor),
      request: text(search.request),
      range: oneOf(['24h', '7d', '30d', 'between'], search.range),
      from: text(search.from),
      to: text(search.to),
    }),
  component: lazyRouteComponent(() => import('../features/organization/audit-page.tsx'), 'AuditPage'),
})

const rolesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/roles',
  staticData: { needs: 'read:roles' },
  validateSearch: (search: Search) =>
    compact({ role: text(search.role), create: search.create === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/organization/roles-page.tsx'), 'RolesPage'),
})

const serviceAccountsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/service-accounts',
  staticData: { needs: 'read:service_accounts' },
  validateSearch: (search: Search) =>
    compact({ account: text(search.account), create: search.create === true ? true : undefined }),
  component: lazyRouteComponent(
    () => import('../features/service-accounts/service-accounts-page.tsx'),
    'ServiceAccountsPage',
  ),
})

const projectsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/projects',
  staticData: { needs: 'read:projects' },
  validateSearch: (search: Search) =>
    compact({
      archived: search.archived === true ? true : undefined,
      create: search.create === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import('../features/projects/projects-page.tsx'), 'ProjectsPage'),
})

const signInSettingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/sign-in',
  staticData: { needs: 'manage:sign_in' },
  component: lazyRouteComponent(
    () => import('../features/single-sign-on/sign-in-settings-page.tsx'),
    'SignInSettingsPage',
  ),
})

const guardrailsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/guardrails',
  staticData: { needs: 'manage:guardrails' },
  validateSearch: (search: Search) => compact({ model: text(search.model) }),
  component: lazyRouteComponent(() => import('../features/guardrails/guardrails-page.tsx'), 'GuardrailsPage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/organization/settings',
  component: lazyRouteComponent(() => import('../features/organization/settings-page.tsx'), 'SettingsPage'),
})

const installationRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/installation',
  beforeLoad: () => {
    throw redirect({ to: '/installation/outbox' })
  },
})

const outboxRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/installation/outbox',
  staticData: { needs: 'system:admin' },
  validateSearch: (search: Search) => compact({ letter: text(search.letter) }),
  component: lazyRouteComponent(() => import('../features/installation/outbox-page.tsx'), 'OutboxPage'),
})

const providerCostsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/installation/provider-costs',
  staticData: { needs: 'system:admin' },
  component: lazyRouteComponent(
    () => import('../features/installation/provider-costs-page.tsx'),
    'ProviderCostsPage',
  ),
})

const profileRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/profile-page.tsx'), 'ProfilePage'),
})

const securityRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/account/security',
  component: lazyRouteComponent(() => import('../features/account/security-page.tsx'), 'SecurityPage'),
})

const sessionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/account/sessions',
  component: lazyRouteComponent(() => import('../features/account/sessions-page.tsx'), 'SessionsPage'),
})

const accountActivityRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/account/activity',
  component: lazyRouteComponent(() => import('../features/account/activity-page.tsx'), 'AccountActivityPage'),
})

/** What is set and looked after: the organization, the installation, one's own account. */
export const administrationRoutes = [
  membersRoute,
  auditRoute,
  rolesRoute,
  serviceAccountsRoute,
  projectsRoute,
  signInSettingsRoute,
  guardrailsRoute,
  settingsRoute,
  installationRoute,
  outboxRoute,
  providerCostsRoute,
  profileRoute,
  securityRoute,
  sessionsRoute,
  accountActivityRoute,
]
