import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import {
  type FakeProvider,
  startFakeProvider,
} from '../../../server/src/testing/fake-provider/fake-provider.ts'
import type { Page as ListPage, Model } from '../../../server/tests/acceptance/support/contract.ts'
import { eventually } from '../../../server/tests/acceptance/support/eventually.ts'
import {
  type Installation,
  startInstallation,
} from '../../../server/tests/acceptance/support/installation.ts'
import { type Person, signUp } from '../../../server/tests/acceptance/support/person.ts'
import { findChromium, launchChromium, type Size, sizes } from './chromium.ts'
import { type Watch, watchContext } from './watch-context.ts'

/** A server with the dashboard, as `npm start` runs it, and a browser to look at it with; one of each a test file. */
export interface Site {
  readonly at: Installation
  /** The language model's provider of a site `withModel`. */
  readonly provider: FakeProvider
  /** Somebody new, with an organization of their own. */
  signUp(name?: string): Promise<Person>
  /** Opens a page in a browser profile of its own, signed in as `as`. It is closed after the test, and must have been clean. */
  visit(size: Size, at: string, options?: VisitOptions): Promise<Page>
  /** This test provokes an answer of that status from that path. */
  allow(status: number, path: string): void
  /** This test leads to another host and back, by its origin. */
  allowHost(origin: string): void
}

export interface VisitOptions {
  as?: Person
  theme?: 'light' | 'dark'
  /** With the page's own motion; without it, what moves is there at once. */
  motion?: boolean
}

/** The name of the language model of a site `withModel`; 2 and 8 dollars a million tokens. */
export const modelName = 'fake-large'
const pricing = { prompt: '0.000002', completion: '0.000008' }
const withinMs = 15_000
const built = path.join(import.meta.dirname, '../../dist/index.html')
const failures = path.join(import.meta.dirname, '../../../test-results')

/** Tests on a site. Without a Chromium they are skipped, and their names say so. */
export function describeSite(
  name: string,
  { withModel }: { withModel: boolean },
  define: (site: Site) => void,
): void {
  const executable = findChromium()
  if (executable === undefined) {
    describe(`${name} (skipped: no Chromium found (set CHROMIUM_PATH))`, { skip: true }, () => define(absent))
    return
  }
  describe(name, () => {
    let browser: Browser | undefined
    let at: Installation | undefined
    let provider: FakeProvider | undefined
    let visits: { context: BrowserContext; page: Page; watch: Watch }[] = []
    let allowed: [status: number, path: string][] = []
    let hosts: string[] = []
    const cookies = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>()

    beforeAll(async () => {
      if (!existsSync(built)) throw new Error('The dashboard is not built. Run: npm run build')
      const launched = launchChromium(executable)
      if (withModel) {
        provider = await startFakeProvider({ models: [{ id: modelName, pricing, context_length: 32_000 }] })
      }
      at = await startInstallation(
        provider === undefined ? {} : { OPENAI_BASE_URL: provider.url, OPENAI_API_KEY: 'sk-browser-tests' },
      )
      browser = await launched
    })
    afterAll(async () => {
      await browser?.close()
      await at?.dispose()
      await provider?.close()
    })
    afterEach(async ({ task }) => {
      const problems = visits.flatMap(({ watch }) => watch.problems())
      if (task.result?.state === 'fail' || problems.length > 0) await photograph(task.name, visits)
      await Promise.all(visits.map(({ context }) => context.close()))
      visits = []
      allowed = []
      hosts = []
      expect(problems).toEqual([])
    })

    const site: Site = {
      get at() {
        return known(at)
      },
      get provider() {
        return known(provider)
      },
      async signUp(personName) {
        const person = await signUp(known(at), personName)
        // A provider's list is read in the background after the start.
        if (provider !== undefined) {
          const look = async () => (await person.call<ListPage<Model>>('GET', '/api/v1/models')).body.data
          await eventually(look, (models) => models.some(({ id }) => id === modelName))
        }
        return person
      },
      async visit(size, to, { as, theme = 'light', motion = false } = {}) {
        const { url } = known(at)
        const context = await known(browser).newContext({
          ...sizes[size],
          baseURL: url,
          colorScheme: theme,
          reducedMotion: motion ? 'no-preference' : 'reduce',
          locale: 'en-US',
        })
        context.setDefaultTimeout(withinMs)
        const watch = await watchContext(context, new URL(url).origin)
        for (const [status, from] of allowed) watch.allow(status, from)
        for (const other of hosts) watch.allowHost(other)
        if (as !== undefined) await context.addCookies(await cookiesOf(context, as))
        const page = await context.newPage()
        visits.push({ context, page, watch })
        await page.goto(to)
        return page
      },
      allow(status, from) {
        allowed.push([status, from])
        for (const { watch } of visits) watch.allow(status, from)
      },
      allowHost(other) {
        hosts.push(other)
        for (const { watch } of visits) watch.allowHost(other)
      },
    }

    async function cookiesOf(context: BrowserContext, { email, password }: Person) {
      const kept = cookies.get(email)
      if (kept !== undefined) return kept
      const answer = await context.request.post('/api/v1/auth/signin', { data: { email, password } })
      expect(answer.status()).toBe(200)
      const fresh = await context.cookies()
      cookies.set(email, fresh)
      return fresh
    }

    define(site)
  })
}

/** Stands for the site in tests that do not run. */
const absent: Site = {
  get at() {
    return notThere()
  },
  get provider() {
    return notThere()
  },
  signUp: notThere,
  visit: notThere,
  allow: notThere,
  allowHost: notThere,
}

function notThere(): never {
  throw new Error('The site is not there: ask for it inside a test or a hook.')
}

function known<Value>(value: Value | undefined): Value {
  return value ?? notThere()
}

async function photograph(name: string, visits: readonly { page: Page }[]): Promise<void> {
  await mkdir(failures, { recursive: true })
  for (const [index, { page }] of visits.entries()) {
    const file = `${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}-${index}.png`
    await page.screenshot({ path: path.join(failures, file) }).catch(() => undefined)
  }
}
