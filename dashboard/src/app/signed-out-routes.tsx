import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { socialProvidersQuery } from '../features/auth/queries.ts'
import { rootRoute } from './root-routes.tsx'
import { SigningIn } from './route-states.tsx'
import { compact, type Search, text, verbatim } from './search-params.ts'
import { sessionQuery } from './session.ts'

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/signin',
  validateSearch: (search: Search) =>
    compact({
      redirect: text(search.redirect),
      ended: search.ended === true ? true : undefined,
      sso: search.sso === true ? true : undefined,
      sso_error: text(search.sso_error),
    }),
  // So that its buttons do not come later and push the form.
  loader: ({ context }) => context.queryClient.prefetchQuery(socialProvidersQuery),
  pendingComponent: () => null,
  component: lazyRouteComponent(() => import('../features/auth/sign-in-page.tsx'), 'SignInPage'),
})

/** Where Google and GitHub send browsers back to. */
const socialSignInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/$provider',
  validateSearch: (search: Search) =>
    compact({
      code: verbatim(search.code, 'code'),
      state: verbatim(search.state, 'state'),
      error: text(search.error),
    }),
  loaderDeps: ({ search }) => search,
  loader: async ({ deps }) => {
    const { finishSocialSignIn } = await import('../features/auth/finish-social-sign-in.ts')
    return finishSocialSignIn(deps)
  },
  staleTime: Number.POSITIVE_INFINITY,
  pendingComponent: SigningIn,
  component: lazyRouteComponent(() => import('../features/auth/social-sign-in-page.tsx'), 'SocialSignInPage'),
})

/** Where the server leads browsers back to from another provider. */
const signInAliasRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Search) =>
    compact({ redirect: text(search.redirect), sso_error: text(search.sso_error) }),
  beforeLoad: ({ search, location: { hash } }) => {
    throw redirect({ to: '/signin', search, ...(hash === '' ? {} : { hash }), replace: true })
  },
})

const signUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/signup',
  validateSearch: (search: Search) => compact({ redirect: text(search.redirect) }),
  component: lazyRouteComponent(() => import('../features/auth/sign-up-page.tsx'), 'SignUpPage'),
})

/** What a letter of invitation opens, for people with and without an account. */
const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  beforeLoad: async ({ context }) => {
    await context.queryClient.ensureQueryData(sessionQuery)
  },
  component: lazyRouteComponent(() => import('../features/invitation/invitation-page.tsx'), 'InvitationPage'),
})

const forgotPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot-password',
  component: lazyRouteComponent(
    () => import('../features/auth/forgot-password-page.tsx'),
    'ForgotPasswordPage',
  ),
})

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password',
  component: lazyRouteComponent(
    () => import('../features/auth/reset-password-page.tsx'),
    'ResetPasswordPage',
  ),
})

const verifyEmailRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify-email',
  component: lazyRouteComponent(() => import('../features/auth/verify-email-page.tsx'), 'VerifyEmailPage'),
})

const changeAddressRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/change-address',
  component: lazyRouteComponent(
    () => import('../features/auth/change-address-page.tsx'),
    'ChangeAddressPage',
  ),
})

const stopAddressChangeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/stop-address-change',
  component: lazyRouteComponent(
    () => import('../features/auth/stop-address-change-page.tsx'),
    'StopAddressChangePage',
  ),
})

export const signedOutRoutes = [
  signInRoute,
  socialSignInRoute,
  signInAliasRoute,
  signUpRoute,
  invitationRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
  verifyEmailRoute,
  changeAddressRoute,
  stopAddressChangeRoute,
] as const
