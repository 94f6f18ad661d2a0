import type { Locator, Page } from 'playwright-core'
import type { Size } from './chromium.ts'
import type { Furnished } from './furnish.ts'

/** A page of the dashboard as somebody may come upon it. */
export interface Place {
  name: string
  section: (typeof sections)[number]
  address: string
  signedOut?: true
  /** Seen by a member of the organization who may less than its owner. */
  byMember?: true
  /** Where it exists; everywhere without this. */
  only?: Size
  /** In view once the page is complete. */
  ready: (page: Page) => Locator
  /** What has to be pressed to come there. */
  press?: (page: Page) => Promise<void>
  /** What is there when it can be pressed. */
  pressAt?: (page: Page) => Locator
}

/** Every section, and what opens over it. */
export const sections = [
  'account',
  'home',
  'chat',
  'knowledge',
  'usage',
  'models',
  'connect',
  'organization',
  'installation',
  'forbidden',
  'person',
  'overlays',
] as const

export function placesOf(at: Furnished): Place[] {
  const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name, level: 1 })
  const row = (text: string) => (page: Page) => page.locator('[data-row]').filter({ hasText: text }).first()
  const dialog = (name: string) => (page: Page) => page.getByRole('dialog', { name })
  const text = (words: string | RegExp) => (page: Page) => page.getByText(words).first()
  return [
    { name: 'sign-in', section: 'account', address: '/signin', signedOut: true, ready: heading('Sign in') },
    {
      name: 'sign-up',
      section: 'account',
      address: '/signup',
      signedOut: true,
      ready: heading('Create an account'),
    },
    {
      name: 'invitation',
      section: 'account',
      address: at.invitation,
      signedOut: true,
      ready: heading("Join Ada Lovelace's"),
    },
    {
      name: 'sign-in-second-step',
      section: 'account',
      address: '/sign-in#two-factor=of-another-page',
      signedOut: true,
      ready: heading('One more step'),
    },
    {
      name: 'sign-in-refused',
      section: 'account',
      address: '/sign-in?sso_error=foreign_domain',
      signedOut: true,
      ready: heading('Sign in'),
    },
    {
      name: 'sign-in-single-sign-on',
      section: 'account',
      address: '/signin?sso=true',
      signedOut: true,
      ready: heading('Single sign-on'),
    },
    {
      name: 'sign-in-social-failed',
      section: 'account',
      address: '/sign-in/github',
      signedOut: true,
      ready: heading('You are not signed in'),
    },
    {
      name: 'forgot-password',
      section: 'account',
      address: '/forgot-password',
      signedOut: true,
      ready: heading('Forgot your password?'),
    },
    {
      name: 'reset-password',
      section: 'account',
      address: '/reset-password#token=of-a-letter',
      signedOut: true,
      ready: heading('Choose a new password'),
    },
    {
      name: 'reset-password-bad-link',
      section: 'account',
      address: '/reset-password',
      signedOut: true,
      ready: heading('This link is not valid'),
    },
    {
      name: 'verify-email-bad-link',
      section: 'account',
      address: '/verify-email',
      signedOut: true,
      ready: heading('This link is not valid'),
    },
    {
      name: 'change-address-bad-link',
      section: 'account',
      address: '/change-address',
      signedOut: true,
      ready: heading('This link is not valid'),
    },
    {
      name: 'stop-address-change',
      section: 'account',
      address: '/stop-address-change#token=of-a-letter',
      signedOut: true,
      ready: heading('Keep your old address?'),
    },
    { name: 'home', section: 'home', address: '/', ready: (page) => page.getByRole('meter') },
    {
      name: 'chat-new',
      section: 'chat',
      address: '/chat',
      ready: (page) => page.getByRole('list', { name: 'Questions to begin with' }),
    },
    {
      name: 'chat',
      section: 'chat',
      address: `/chat/${at.conversationId}`,
      ready: (page) => page.getByRole('button', { name: /^Cost / }),
    },
    {
      name: 'chat-passage',
      section: 'chat',
      address: `/chat/${at.conversationId}?passage=${at.citedPassageId}`,
      ready: (page) => page.getByRole('button', { name: 'Copy the passage' }),
    },
    {
      name: 'chat-shared',
      section: 'chat',
      address: `/shared/${at.shareId}`,
      byMember: true,
      ready: (page) => page.getByText('The end of what was shared.'),
    },
    {
      name: 'knowledge',
      section: 'knowledge',
      address: '/knowledge',
      ready: row('supplier-contract-2026.pdf'),
    },
    {
      name: 'knowledge-document',
      section: 'knowledge',
      address: `/knowledge/${at.documentId}?passage=${at.passageId}`,
      ready: text(/The night shift begins at/),
    },
    {
      name: 'knowledge-search',
      section: 'knowledge',
      address: `/knowledge/search?q=${encodeURIComponent(at.searchWords)}`,
      ready: (page) => page.getByRole('list', { name: 'Passages found' }),
    },
    {
      name: 'knowledge-quality',
      section: 'knowledge',
      address: '/knowledge/quality',
      ready: text('No gold question yet'),
    },
    {
      name: 'usage',
      section: 'usage',
      address: '/usage',
      ready: (page) => page.locator('.recharts-bar-rectangle path').first(),
    },
    {
      name: 'usage-budget',
      section: 'usage',
      address: '/usage?budget=true',
      ready: dialog('Change the budget'),
    },
    {
      name: 'usage-budget-new',
      section: 'usage',
      address: '/usage?budget=new',
      ready: dialog('Set a budget'),
    },
    { name: 'usage-queued', section: 'usage', address: '/usage/queued', ready: text('No call is queued') },
    { name: 'usage-limits', section: 'usage', address: '/usage/limits', ready: text('No limit is set.') },
    {
      name: 'usage-limit-new',
      section: 'usage',
      address: '/usage/limits',
      pressAt: (page) => page.getByRole('button', { name: 'Set a limit' }),
      press: (page) => page.getByRole('button', { name: 'Set a limit' }).click(),
      ready: dialog('Set a limit'),
    },
    {
      name: 'usage-credits',
      section: 'usage',
      address: '/usage/credits',
      ready: text('No credits were granted.'),
    },
    {
      name: 'usage-credits-grant',
      section: 'usage',
      address: '/usage/credits?grant=true',
      ready: dialog('Grant credits'),
    },
    { name: 'usage-requests', section: 'usage', address: '/usage/requests', ready: row('Succeeded') },
    {
      name: 'usage-request',
      section: 'usage',
      address: `/usage/requests?request=${at.requestId}`,
      ready: text(/How the cost was computed|Nothing was charged/),
    },
    {
      name: 'models',
      section: 'models',
      address: '/models',
      ready: (page) => page.getByText('Answers', { exact: true }).first(),
    },
    {
      name: 'models-routes',
      section: 'models',
      address: '/models/routes',
      ready: text('Short answers in the app'),
    },
    {
      name: 'models-route',
      section: 'models',
      address: `/models/routes?alias=${at.aliasId}`,
      ready: dialog('Change “fast”'),
    },
    {
      name: 'models-route-new',
      section: 'models',
      address: '/models/routes?create=true',
      ready: dialog('Make a route'),
    },
    { name: 'models-keys', section: 'models', address: '/models/keys', ready: text('In use') },
    {
      name: 'models-key-new',
      section: 'models',
      address: '/models/keys?create=true',
      ready: dialog('Bring a key of your own'),
    },
    { name: 'prompts', section: 'models', address: '/models/prompts', ready: row('reply-to-customer') },
    {
      name: 'prompts-create',
      section: 'models',
      address: '/models/prompts?create=true',
      ready: dialog('Write a prompt'),
    },
    {
      name: 'prompt',
      section: 'models',
      address: `/models/prompts/${at.promptId}`,
      ready: (page) => page.getByRole('button', { name: 'Promote version 3' }),
    },
    {
      name: 'prompt-diff',
      section: 'models',
      address: `/models/prompts/${at.promptId}?version=3&compare=1`,
      ready: (page) => page.getByRole('heading', { name: 'Version 1 and version 3' }),
    },
    {
      name: 'prompt-edit',
      section: 'models',
      address: `/models/prompts/${at.promptId}?version=3&edit=true`,
      ready: (page) => page.getByRole('button', { name: 'Save version 4' }),
    },
    {
      name: 'playground',
      section: 'models',
      address: '/models/playground',
      ready: (page) => page.getByRole('textbox', { name: 'Message 2, User' }),
    },
    {
      name: 'playground-prompt',
      section: 'models',
      address: `/models/playground?prompt=${at.promptId}&version=3`,
      ready: (page) => page.getByRole('textbox', { name: 'signature' }),
    },
    { name: 'connect-keys', section: 'connect', address: '/connect/keys', ready: row('Website backend') },
    {
      name: 'connect-create-key',
      section: 'connect',
      address: '/connect/keys?create=true',
      ready: dialog('Create an API key'),
    },
    {
      name: 'organization-members',
      section: 'organization',
      address: '/organization',
      ready: row('Grace Hopper'),
    },
    {
      name: 'organization-invite',
      section: 'organization',
      address: '/organization?add=true',
      ready: dialog("Invite somebody to Ada Lovelace's"),
    },
    {
      name: 'organization-roles',
      section: 'organization',
      address: '/organization/roles',
      ready: row('Night shift'),
    },
    {
      name: 'organization-role',
      section: 'organization',
      address: `/organization/roles?role=${at.roleId}`,
      ready: (page) => page.getByRole('button', { name: 'Close the panel' }),
    },
    {
      name: 'organization-create-role',
      section: 'organization',
      address: '/organization/roles?create=true',
      ready: (page) => page.getByRole('checkbox', { name: /read:documents/ }),
    },
    {
      name: 'organization-service-accounts',
      section: 'organization',
      address: '/organization/service-accounts',
      ready: row('Website'),
    },
    {
      name: 'organization-service-account',
      section: 'organization',
      address: `/organization/service-accounts?account=${at.serviceAccountId}`,
      ready: text('Website backend'),
    },
    {
      name: 'organization-projects',
      section: 'organization',
      address: '/organization/projects',
      ready: row('Night watch'),
    },
    {
      name: 'organization-project-new',
      section: 'organization',
      address: '/organization/projects?create=true',
      ready: dialog('Create a project'),
    },
    {
      name: 'organization-sign-in',
      section: 'organization',
      address: '/organization/sign-in',
      ready: text('Night engineers'),
    },
    {
      name: 'organization-guardrails',
      section: 'organization',
      address: '/organization/guardrails',
      ready: (page) => page.getByRole('button', { name: 'Save the guardrails' }),
    },
    {
      name: 'organization-audit',
      section: 'organization',
      address: '/organization/audit',
      ready: (page) => page.locator('[data-row]').first(),
    },
    {
      name: 'organization-audit-entry',
      section: 'organization',
      address: `/organization/audit?entry=${at.auditEntryId}`,
      ready: (page) => page.getByRole('button', { name: 'Close the panel' }),
    },
    {
      name: 'organization-settings',
      section: 'organization',
      address: '/organization/settings',
      ready: text('Organization id'),
    },
    {
      name: 'installation-provider-costs',
      section: 'installation',
      address: '/installation/provider-costs',
      ready: text('Nothing to compare yet'),
    },
    {
      name: 'installation-outbox',
      section: 'installation',
      address: '/installation/outbox',
      ready: row('linus@example.com'),
    },
    {
      name: 'installation-letter',
      section: 'installation',
      address: `/installation/outbox?letter=${at.letterId}`,
      ready: (page) => page.locator('iframe'),
    },
    {
      name: 'forbidden',
      section: 'forbidden',
      address: '/organization/audit',
      byMember: true,
      ready: text('These can give you another role'),
    },
    {
      name: 'person-profile',
      section: 'person',
      address: '/account',
      ready: (page) => page.getByRole('link', { name: 'Export my data' }),
    },
    {
      name: 'person-change-address',
      section: 'person',
      address: '/account',
      ready: dialog('Change your e-mail address'),
      press: (page) => page.getByRole('button', { name: 'Change the address' }).click(),
      pressAt: (page) => page.getByRole('button', { name: 'Change the address' }),
    },
    {
      name: 'person-delete',
      section: 'person',
      address: '/account',
      ready: dialog('Delete your account?'),
      press: (page) => page.getByRole('button', { name: 'Delete my account' }).click(),
      pressAt: (page) => page.getByRole('button', { name: 'Delete my account' }),
    },
    {
      name: 'person-security',
      section: 'person',
      address: '/account/security',
      ready: (page) => page.getByRole('button', { name: 'Add a passkey' }),
    },
    {
      name: 'person-add-passkey',
      section: 'person',
      address: '/account/security',
      ready: dialog('Add a passkey'),
      press: (page) => page.getByRole('button', { name: 'Add a passkey' }).click(),
      pressAt: (page) => page.getByRole('button', { name: 'Add a passkey' }),
    },
    {
      name: 'person-sessions',
      section: 'person',
      address: '/account/sessions',
      ready: row('This one'),
    },
    {
      name: 'person-activity',
      section: 'person',
      address: '/account/activity',
      ready: row('You signed in with your password'),
    },
    {
      name: 'palette',
      section: 'overlays',
      address: '/organization/settings',
      only: 'desktop',
      ready: (page) => page.getByRole('option', { name: 'New conversation' }),
      press: (page) => page.keyboard.press('Control+k'),
    },
    {
      name: 'shortcuts',
      section: 'overlays',
      address: '/organization/settings',
      only: 'desktop',
      ready: dialog('Keyboard shortcuts'),
      press: (page) => page.keyboard.press('?'),
    },
    {
      name: 'more',
      section: 'overlays',
      address: '/organization/settings',
      only: 'phone',
      ready: dialog('More'),
      press: (page) => page.getByRole('button', { name: 'More' }).click(),
    },
    {
      name: 'not-found',
      section: 'overlays',
      address: '/nothing/here',
      ready: heading('There is nothing at this address'),
    },
  ]
}

/** On a page at the place's address: presses what is left to press, and waits until all of it is there and still. */
export async function arriveAt(page: Page, place: Place): Promise<void> {
  if (place.press !== undefined) {
    await (place.pressAt?.(page) ?? page.getByText('Organization id')).waitFor()
    await place.press(page)
  }
  await place.ready(page).waitFor()
  // Whatever stands in for what is still loading breathes.
  await page.waitForFunction(() => document.querySelector('.animate-breathe') === null)
  await untilStill(page)
}

/** Waits for typefaces and for every movement that has an end. */
export async function untilStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    // A movement that is replaced by another never finishes; what replaced it was awaited or is at its place.
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
}
