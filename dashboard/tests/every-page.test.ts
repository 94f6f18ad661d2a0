import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/tests/acceptance/support/person.ts'
import type { Size } from './support/chromium.ts'
import { type Furnished, furnish, questions } from './support/furnish.ts'
import { arriveAt, type Place, placesOf, sections, untilStill } from './support/places.ts'
import { describeSite } from './support/site.ts'

/** What holds for every page: anyone can use it, and nothing jumps while it loads. */

const sizes = ['desktop', 'phone'] as const
const answer = `It begins at **22:15** [1].

| What | When |
| --- | --- |
| Night shift | 22:15 |

\`\`\`sh
echo "red folder"
\`\`\`

1. The supervisor hands over the folder [1].
2. See [the notes](https://example.com/notes).
`

describeSite('Every page', { withModel: true }, (site) => {
  let ada: Person
  let grace: Person
  let at: Furnished
  beforeAll(async () => {
    ada = await site.signUp('Ada Lovelace')
    site.provider.script(...questions.map(() => ({ kind: 'answer', text: answer }) as const))
    grace = await site.signUp('Grace Hopper')
    at = await furnish(ada, grace)
  })

  test.each(sections)(
    '%s: axe finds no fault and nothing scrolls sideways, on a desktop and on a phone, in light and in dark',
    async (section) => {
      // No identity provider is connected.
      const places = placesOf(at).filter((place) => place.section === section)
      const faults = await Promise.all(sizes.map((size) => faultsOn(size, places)))
      expect(faults.flat()).toEqual([])
    },
  )

  function whoSees({ signedOut, byMember }: Place): { as?: Person } {
    if (signedOut) return {}
    return { as: byMember ? grace : ada }
  }

  async function faultsOn(size: Size, places: readonly Place[]): Promise<string[]> {
    const here = places.filter(({ only = size }) => only === size)
    const first = here[0]
    if (first === undefined) return []
    const page = await site.visit(size, first.address, whoSees(first))
    const faults: string[] = []
    for (const place of here) {
      if (place !== first) await page.goto(place.address)
      await arriveAt(page, place)
      if (await page.evaluate(scrollsSideways)) faults.push(`${place.name}, ${size}: scrolls sideways`)
      faults.push(...(await faultsOf(page, `${place.name}, ${size}, light`)))
      await page.emulateMedia({ colorScheme: 'dark' })
      await untilStill(page)
      // Only colours depend on the theme.
      faults.push(
        ...(await faultsOf(page, `${place.name}, ${size}, dark`, ['color-contrast', 'link-in-text-block'])),
      )
      await page.emulateMedia({ colorScheme: 'light' })
    }
    return faults
  }

  describe.each(sizes)('on a %s', (size) => {
    test.each([
      'home',
      'chat',
      'knowledge',
      'usage',
      'models',
      'models-routes',
      'models-keys',
      'person-security',
      'organization-members',
      'connect-keys',
    ])('%s does not jump while it loads', async (name) => {
      const place = placesOf(at).find((candidate) => candidate.name === name)
      if (place === undefined) throw new Error(`There is no place named ${name}.`)
      const page = await site.visit(size, '/signin', { as: ada, motion: true })
      await page.addInitScript(recordShifts)
      // An API that takes its time shows what stands in for its answers, and what they do to the page.
      await page.route('**/api/**', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        await route.continue()
      })
      await page.goto(place.address)
      await arriveAt(page, place)
      const shifts = await page.evaluate(readShifts)
      const score = shifts.reduce((sum, { value }) => sum + value, 0)
      expect(score, JSON.stringify(shifts, null, 1)).toBeLessThanOrEqual(0.05)
    })
  })
})

/** Runs in the page. A region of code or a wide table may scroll by itself, the page around it may not. */
function scrollsSideways(): boolean {
  const scrollers = document.querySelectorAll('html, [data-page-scroll], [role=log], [role=dialog]')
  return [...scrollers].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
}

async function faultsOf(page: Page, where: string, rules?: string[]): Promise<string[]> {
  // Legacy mode opens no second page; there are no frames that would need one.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${where}: ${id} at ${target.join(' ')}: ${failureSummary}`),
  )
}

interface Shift {
  value: number
  moved: string[]
}

/** Runs in the page before its own scripts. */
function recordShifts(): void {
  const shifts: Shift[] = []
  Object.assign(window, { shifts })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // The DOM's types do not know this entry yet.
      const shift = entry as PerformanceEntry & {
        value: number
        hadRecentInput: boolean
        sources: { node?: Node | null }[]
      }
      if (shift.hadRecentInput) continue
      const moved = shift.sources.map(({ node }) =>
        node instanceof Element ? node.outerHTML.slice(0, 160) : String(node?.nodeName),
      )
      shifts.push({ value: shift.value, moved })
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** Shifts are reported with the frame after theirs. */
async function readShifts(): Promise<Shift[]> {
  for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
  // Put there by the script above.
  return (window as unknown as { shifts: Shift[] }).shifts
}
