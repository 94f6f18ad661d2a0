import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { type Installation, startInstallation } from '../../server/tests/acceptance/support/installation.ts'
import { type Person, signUp } from '../../server/tests/acceptance/support/person.ts'
import { findChromium, launchChromium, type Page, type Size, sizes } from './support/chromium.ts'
import { furnish } from './support/furnish.ts'
import { arriveAt, type Place, placesOf } from './support/places.ts'

/**
 * Photographs of every section of the dashboard, on a desktop and on a phone, light and dark, in ./shots: of a server of
 * its own with real data, answered by the local model. Needs the built dashboard and a Chromium.
 */
const folder = path.join(import.meta.dirname, '../../shots')
const themes = ['light', 'dark'] as const

async function main(): Promise<void> {
  const executable = findChromium()
  if (executable === undefined) {
    throw new Error('No Chromium was found. Install one, or set CHROMIUM_PATH=/path/to/chromium')
  }
  const beganMs = performance.now()
  const [at, browser] = await Promise.all([startInstallation(), launchChromium(executable)])
  try {
    const ada = await signUp(at, 'Ada Lovelace')
    const grace = await signUp(at, 'Grace Hopper')
    const places = placesOf(await furnish(ada, grace))
    await mkdir(folder, { recursive: true })
    const earlier = (await readdir(folder)).filter((name) => name.endsWith('.png'))
    await Promise.all(earlier.map((name) => rm(path.join(folder, name))))

    async function photographAll(size: Size): Promise<void> {
      const [person, member, stranger] = await Promise.all([
        openPage(size, ada),
        openPage(size, grace),
        openPage(size),
      ])
      for (const place of places.filter(({ only = size }) => only === size)) {
        const page = place.signedOut ? stranger : place.byMember ? member : person
        await photograph(page, place, size)
      }
    }
    async function openPage(size: Size, as?: Person) {
      const context = await browser.newContext({ ...sizes[size], baseURL: at.url, reducedMotion: 'reduce' })
      if (as !== undefined) await signIn(at, as, context.request)
      return context.newPage()
    }
    await Promise.all([photographAll('desktop'), photographAll('phone')])
  } finally {
    await browser.close()
    await at.dispose()
  }
  const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort()
  for (const name of names) process.stdout.write(`shots/${name}\n`)
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1)
  process.stdout.write(`${names.length} photographs in ${seconds} s\n`)
}

/** Puts the session's cookie into the profile. */
async function signIn(
  at: Installation,
  { email, password }: Person,
  api: ReturnType<Page['context']>['request'],
): Promise<void> {
  const answer = await api.post('/api/v1/auth/signin', { data: { email, password } })
  if (!answer.ok()) throw new Error(`Signing in to ${at.url} answered ${answer.status()}.`)
}

async function photograph(page: Page, place: Place, size: Size): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(place.address)
  await arriveAt(page, place)
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    const { width } = sizes[size].viewport
    await page.screenshot({
      path: path.join(folder, `${place.name}-${width}-${theme}.png`),
      animations: 'disabled',
    })
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
