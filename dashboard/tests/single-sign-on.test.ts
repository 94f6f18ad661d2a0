import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type IdentityProvider,
  startIdentityProvider,
} from '../../server/src/modules/single-sign-on/adapters/identity-provider.fixture.ts'
import {
  type NameServer,
  startNameServer,
} from '../../server/src/modules/single-sign-on/adapters/name-server.fixture.ts'
import { describeSite } from './support/site.ts'

/** An organization connects its identity provider, and its people sign in with it; others with GitHub. */

describeSite('Signing in with another provider', { withModel: false }, (site) => {
  let names: NameServer
  let provider: IdentityProvider
  let gitHub: Awaited<ReturnType<typeof startGitHub>>
  beforeAll(async () => {
    names = await startNameServer()
    gitHub = await startGitHub()
    await site.at.stop()
    await site.at.start({
      FREEHOLD_DNS_SERVERS: names.address,
      FREEHOLD_ALLOW_PRIVATE_ISSUERS: 'true',
      GITHUB_CLIENT_ID: 'freehold',
      GITHUB_CLIENT_SECRET: 'a secret between the two of us',
      GITHUB_BASE_URL: gitHub.origin,
    })
    provider = await startIdentityProvider(`${site.at.url}/api/v1/auth/sso/callback`)
  })
  afterAll(async () => {
    await provider?.close()
    await gitHub?.close()
    await names?.close()
  })

  const beginSingleSignOn = async (page: Page, email: string): Promise<void> => {
    await page.getByRole('link', { name: 'Continue with single sign-on' }).click()
    await page.getByLabel('E-mail').fill(email)
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  test('from the record in the DNS to a sign-in: everything is set up in the dashboard', async () => {
    site.allowHost(provider.issuer)
    const owner = await site.signUp('Ada Lovelace')
    const page = await site.visit('desktop', '/organization', { as: owner })
    await page.getByRole('link', { name: 'Sign-in', exact: true }).click()

    await page.getByLabel('Add a domain').fill('not a domain')
    site.allow(400, '/api/v1/sign-in/domains')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('This is not a domain name').waitFor()
    await page.getByLabel('Add a domain').fill('Harbour.Example')
    await page.keyboard.press('Enter')
    const domain = page.getByRole('list', { name: 'Domains' }).getByRole('listitem')
    await domain.getByText('Waits for its record').waitFor()
    const record = (await domain.getByText(/^freehold-verification=/).textContent()) ?? ''

    const { body } = await owner.call<{ data: { id: string }[] }>('GET', '/api/v1/sign-in/domains')
    site.allow(422, `/api/v1/sign-in/domains/${body.data[0]?.id}/verify`)
    await domain.getByRole('button', { name: 'Look for the record' }).click()
    await domain.getByText('The record is not there yet').waitFor()
    names.records.set('harbour.example', [record])
    await domain.getByRole('button', { name: 'Look again' }).click()
    await domain.getByText(/^Verified/).waitFor()

    // Had an account before their organization asked for more.
    const password = 'a moth in relay seventy'
    const linus = { email: 'linus@harbour.example', password, name: 'Linus Pauling' }
    expect((await owner.call('POST', '/api/v1/auth/signup', linus)).status).toBe(201)
    const { clientId, clientSecret } = provider.client
    const result = page.getByRole('status', { name: 'Result of the test' })
    await page.getByLabel('Issuer').fill('http://127.0.0.1:9')
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await result.getByText('This issuer cannot be used').waitFor()
    await result.getByText('The issuer could not be read').waitFor()
    await page.getByLabel('Issuer').fill(provider.issuer)
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await result.getByText(`${provider.issuer}/auth`).waitFor()
    expect(await page.getByText(`${site.at.url}/api/v1/auth/sso/callback`).count()).toBe(1)
    await page.getByLabel('Client id').fill(clientId)
    await page.getByLabel('Client secret').fill(clientSecret)
    await page.getByLabel('People of our domains must use it').check()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByText('The identity provider is connected').waitFor()
    await page.reload()
    await page.getByText('It is kept sealed and never shown; type a new one').waitFor()
    expect(await page.getByLabel('Client secret').inputValue()).toBe('')
    expect(await page.getByLabel('People of our domains must use it').isChecked()).toBe(true)

    const email = 'grace@harbour.example'
    provider.people.set('grace', { email, email_verified: true, name: 'Grace Hopper' })
    provider.signedIn = 'grace'
    const grace = await site.visit('phone', '/knowledge')
    await beginSingleSignOn(grace, email)
    await grace.waitForURL('**/knowledge')
    await grace.goto('/account')
    await grace.getByText(email).first().waitFor()

    expect(
      (await owner.call('POST', '/api/v1/auth/signup', { ...linus, email: 'late@harbour.example' })).status,
    ).toBe(403)
    site.allow(403, '/api/v1/auth/signin')
    const refused = await site.visit('phone', '/signin')
    await refused.getByLabel('E-mail').fill(linus.email)
    await refused.getByLabel('Password', { exact: true }).fill(password)
    await refused.keyboard.press('Enter')
    await refused.getByText('Your organization asks for single sign-on').waitFor()
    await refused.getByRole('link', { name: 'Continue there' }).click()
    await refused.getByRole('heading', { name: 'Single sign-on' }).waitFor()
    expect(await refused.getByLabel('E-mail').inputValue()).toBe(linus.email)

    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText('The identity provider is disconnected').waitFor()
    expect(await page.getByLabel('Issuer').inputValue()).toBe('')
  })

  test('a group of the identity provider is tied to a role, and the key for it is prefilled', async () => {
    const owner = await site.signUp('Ada Lovelace')
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
    await owner.call('POST', '/scim/v2/Groups', { schemas, displayName: 'Engineers' })
    const page = await site.visit('phone', '/organization/sign-in', { as: owner })
    await page.getByLabel('Role of Engineers').selectOption('guest')
    await page.getByText('Engineers gives Guest').waitFor()
    await page.reload()
    // Until the roles are known none can be chosen.
    await page.getByLabel('Role of Engineers').waitFor()
    expect(await page.getByLabel('Role of Engineers').inputValue()).toBe('guest')

    await page.getByRole('link', { name: 'Make a key for it' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create an API key' })
    await dialog.getByText(/^1 of \d+ chosen/).waitFor()
    expect(await dialog.getByRole('checkbox', { name: /manage:provisioning/ }).isChecked()).toBe(true)
    await dialog.getByRole('button', { name: 'Create the key' }).click()
    await page.getByRole('dialog').getByText(`${site.at.url}/scim/v2`).waitFor()
  })

  test('the page is not for members', async () => {
    const owner = await site.signUp('Ada Lovelace')
    const member = await site.signUp('Grace Hopper')
    const organizationId = owner.session.organization?.id ?? ''
    const body = { email: member.email, role: 'member' }
    await owner.call('POST', `/api/v1/organizations/${organizationId}/members`, body)
    const own = member.session.organization
    await member.call('DELETE', `/api/v1/organizations/${own?.id}`, { confirm: own?.slug })
    const page = await site.visit('desktop', '/organization/sign-in', { as: member })
    await page.getByText('manage:sign_in', { exact: true }).waitFor()
    expect(await page.getByRole('link', { name: 'Sign-in', exact: true }).count()).toBe(0)
  })

  test('where single sign-on is not set up for an address, the sign-in page says so and leads back', async () => {
    site.allow(404, '/api/v1/auth/sso')
    const page = await site.visit('phone', '/signin')
    await page.getByLabel('E-mail').fill('somebody@nowhere.example')
    await page.getByRole('link', { name: 'Continue with single sign-on' }).click()
    expect(await page.getByLabel('E-mail').inputValue()).toBe('somebody@nowhere.example')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Single sign-on is not set up for this address').waitFor()
    await page.getByRole('link', { name: 'Sign in another way' }).click()
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    expect(await page.getByRole('button', { name: 'Continue with Google' }).count()).toBe(0)
  })

  test('GitHub signs somebody in, to the page they asked for; called off, it leads back', async () => {
    site.allowHost(gitHub.origin)
    // Looks like a number, which it is not.
    gitHub.code = '12e45678901234567890'
    const page = await site.visit('desktop', '/account')
    await page.getByRole('button', { name: 'Continue with GitHub' }).click()
    await page.waitForURL('**/account')
    await page.getByText(gitHub.email).first().waitFor()
    // Who came that way has no password to be asked for.
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByText('You have none: you sign in with GitHub.').waitFor()
    await page.getByRole('button', { name: 'Switch on' }).click()
    const dialog = page.getByRole('dialog', { name: 'Switch the second factor on' })
    await dialog.getByRole('button', { name: 'Mail me a link that sets one' }).click()
    await dialog.getByText('A letter with a link that sets one is on its way').waitFor()

    gitHub.code = ''
    const other = await site.visit('phone', '/signin')
    await other.getByRole('button', { name: 'Continue with GitHub' }).click()
    await other.getByText('You called it off at GitHub').waitFor()
    await other.getByRole('link', { name: 'Back to sign in' }).click()
    await other.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()

    site.allow(401, '/api/v1/auth/social/callback')
    await other.goto('/sign-in/github?code=of-another&state=browser')
    await other.getByText('begun in another browser').waitFor()
  })
})

/** GitHub as far as signing in goes, whose one person agrees at once; without a code they call it off. */
async function startGitHub() {
  const found = { origin: '', code: '', email: 'linus@example.com', close }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', found.origin)
    if (pathname === '/login/oauth/authorize') {
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('state', searchParams.get('state') ?? '')
      if (found.code === '') back.searchParams.set('error', 'access_denied')
      else back.searchParams.set('code', found.code)
      response.writeHead(302, { location: back.href }).end()
      return
    }
    let sent = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      sent += piece
    })
    request.on('end', () => {
      const answer = answerOf(pathname, new URLSearchParams(sent))
      response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer ?? {}))
    })
  })
  function answerOf(pathname: string, form: URLSearchParams): unknown {
    if (pathname === '/api/v3/user') return { id: 7, login: 'linus', name: 'Linus Pauling' }
    if (pathname === '/api/v3/user/emails') return [{ email: found.email, primary: true, verified: true }]
    return form.get('code') === found.code ? { access_token: 'at-the-provider' } : undefined
  }
  async function close(): Promise<void> {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listens on an IP port
  found.origin = `http://127.0.0.1:${port}`
  return found
}
