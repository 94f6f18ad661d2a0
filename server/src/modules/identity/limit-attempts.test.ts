import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'
import { ask, headersOf, type Place, password, signIn } from './identity.fixture.ts'

let on: TestApp

beforeAll(async () => {
  on = await createTestApp({ FREEHOLD_TRUST_PROXY: 'true' })
})
afterAll(async () => {
  await on.dispose()
})

const home = '192.0.2.10'
let networks = 0
/** An address of a network nobody has come from. */
const elsewhere = () => {
  networks++
  return `100.${64 + Math.floor(networks / 250)}.${networks % 250}.1`
}

/** Somebody who signed up at home; the cookie is their browser's. */
async function person() {
  const email = `person-${newId()}@example.com`
  const made = await ask(on, 'POST', '/api/v1/auth/signup', {
    body: { email, password, name: 'Ada' },
    headers: headersOf({ ip: home }),
  })
  expect(made.status).toBe(201)
  return { email, cookie: made.cookie }
}

async function guess(email: string, times: number, from: (index: number) => Place): Promise<number[]> {
  const statuses: number[] = []
  for (let index = 0; index < times; index++)
    statuses.push((await signIn(on, email, `guess number ${index}`, from(index))).status)
  return statuses
}

test('the addresses of one IPv6 subscriber count as one', async () => {
  const statuses: number[] = []
  for (let index = 1; index <= 40; index++) {
    const { status } = await ask(on, 'POST', '/api/v1/auth/verify-email', {
      body: { token: 'x' },
      headers: headersOf({ ip: `2001:db8:1:1::${index.toString(16)}` }),
    })
    statuses.push(status)
  }
  expect(statuses.slice(0, 30)).toEqual(Array(30).fill(400))
  expect(statuses.slice(-5)).toEqual(Array(5).fill(429))
})

describe('wrong passwords', () => {
  test('are slowed after five for one account from one network, and the answer says how long', async () => {
    const { email } = await person()
    const ip = elsewhere()
    expect(await guess(email, 7, () => ({ ip }))).toEqual([401, 401, 401, 401, 401, 429, 429])
    const refused = await signIn(on, email, password, { ip })
    expect(refused).toMatchObject({ status: 429, code: 'identity.too_many_attempts' })
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    on.platform.clock.advance(seconds * 1000 + 500)
    expect((await signIn(on, email, password, { ip })).status).toBe(200)
  })

  test('make the wait grow: twenty an hour, however patient', async () => {
    const { email } = await person()
    const ip = elsewhere()
    let tried = 0
    for (let minute = 0; minute < 30; minute++) {
      tried += (await guess(email, 5, () => ({ ip }))).filter((status) => status === 401).length
      on.platform.clock.advance(60_000)
    }
    // Twenty, and what drained in half an hour.
    expect(tried).toBeGreaterThanOrEqual(20)
    expect(tried).toBeLessThanOrEqual(31)
  })

  test('from anywhere leave the owner’s browser and network free', async () => {
    const { email, cookie } = await person()
    const ip = elsewhere()
    await guess(email, 8, () => ({ ip }))
    expect((await signIn(on, email, password, { ip })).status, 'the attacker is slowed').toBe(429)
    expect((await signIn(on, email, password, { ip: home })).status, 'the owner at home').toBe(200)
    const travelling = { ip: elsewhere(), cookie }
    expect((await signIn(on, email, password, travelling)).status, 'the owner’s browser').toBe(200)
    expect(
      (await signIn(on, email, password, { ip, cookie })).status,
      'the owner’s browser in the attacker’s own network',
    ).toBe(200)
  })

  test('of many networks together are stopped at a hundred an hour, and the owner still gets in', async () => {
    const { email, cookie } = await person()
    // Wrong guesses are cheap to make in number only through the limiter itself, so the crowd is fifty networks of four.
    let refused = 0
    for (let network = 0; network < 30; network++) {
      const ip = elsewhere()
      refused += (await guess(email, 4, () => ({ ip }))).filter((status) => status === 429).length
    }
    expect(refused).toBeGreaterThan(0)
    expect(
      (await signIn(on, email, password, { ip: elsewhere() })).status,
      'a stranger with the password',
    ).toBe(429)
    expect((await signIn(on, email, password, { ip: home })).status).toBe(200)
    expect((await signIn(on, email, password, { ip: elsewhere(), cookie })).status).toBe(200)
  }, 60_000)

  test('count alike for an address that nobody has', async () => {
    const nobody = `nobody-${newId()}@example.com`
    const ip = elsewhere()
    expect(await guess(nobody, 7, () => ({ ip }))).toEqual([401, 401, 401, 401, 401, 429, 429])
  })

  test('thirty at once do not pass together', async () => {
    const { email } = await person()
    const ip = elsewhere()
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => signIn(on, email, `guess number ${index}`, { ip })),
    )
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(30)
  })

  test('are not excused by a made-up device cookie, or that of another person', async () => {
    const [ada, bob] = [await person(), await person()]
    const ip = elsewhere()
    const cookies = [bob.cookie, `freehold.device=${'a'.repeat(43)}`, 'freehold.device=']
    const statuses = await guess(ada.email, 9, (index) => {
      const cookie = cookies[index % 3]
      return { ip, ...(cookie === undefined ? {} : { cookie }) }
    })
    expect(statuses.slice(5)).toEqual([429, 429, 429, 429])
  })

  test('over many accounts from one network are slowed too', async () => {
    const ip = elsewhere()
    const statuses: number[] = []
    for (let index = 0; index < 34; index++)
      statuses.push((await signIn(on, `nobody-${newId()}@example.com`, 'some password', { ip })).status)
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(401))
    expect(statuses.slice(-2)).toEqual([429, 429])
  })
})
