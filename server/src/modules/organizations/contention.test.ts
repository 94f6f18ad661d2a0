import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinOrganization } from '../../testing/join-organization.ts'
import { type Actor, createTestApp, signUp, type TestApp } from '../../testing/test-app.ts'
import { testsOnPostgres } from '../../testing/test-database.ts'

let on: TestApp
beforeAll(async () => {
  on = await createTestApp()
})
afterAll(() => on.dispose())

const rounds = 5
const twenty = Array.from({ length: 20 }, (_none, index) => index)

describe.skipIf(!testsOnPostgres)('twenty at once (PostgreSQL only)', () => {
  const pathOf = (owner: Actor) => `/api/v1/organizations/${owner.organizationId}/members`
  async function ownersOf(owner: Actor): Promise<number> {
    const rows = await on.platform.database.query(
      `select 1 from freehold.memberships where organization_id = $1 and role = 'owner'`,
      [owner.organizationId],
    )
    return rows.length
  }

  test('owners who leave and demote each other leave one', async () => {
    for (let round = 0; round < rounds; round++) {
      const first = await signUp(on)
      const owners: Pick<Actor, 'call' | 'userId'>[] = [first]
      for (let more = 0; more < 3; more++) owners.push(await joinOrganization(on, first, { role: 'owner' }))
      const answers = await Promise.all(
        twenty.map((index) => {
          const asks = owners[index % 4]
          const target = owners[(index + (index >> 2)) % 4]
          const path = `${pathOf(first)}/${target?.userId}`
          return index % 2 === 0 ? asks?.call('DELETE', path) : asks?.call('PATCH', path, { role: 'member' })
        }),
      )
      expect(answers.filter((answer) => (answer?.status ?? 500) >= 500)).toEqual([])
      expect(await ownersOf(first)).toBeGreaterThanOrEqual(1)
    }
  })

  test('an invitation that is accepted by twenty requests makes one member and one entry in the log', async () => {
    const owner = await signUp(on)
    const invited = await signUp(on, 'Grace')
    const path = `/api/v1/organizations/${owner.organizationId}/invitations`
    await owner.call('POST', path, { email: invited.email, role: 'member' })
    const letter = on.platform.mail.sent.findLast(({ to }) => to === invited.email)
    const token = /#token=([\w-]{43})/.exec(letter?.text ?? '')?.[1]
    const answers = await Promise.all(
      twenty.map(() => invited.call('POST', '/api/v1/invitations/accept', { token })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(19).fill(410)])
    const log = await on.platform.database.query(
      `select 1 from freehold.audit_entries where organization_id = $1 and action = 'invitation.accept'`,
      [owner.organizationId],
    )
    expect(log).toHaveLength(1)
  })

  test('an ownership that is transferred while its taker is removed ends with somebody who is there', async () => {
    for (let round = 0; round < rounds; round++) {
      const owner = await signUp(on)
      const taker = await joinOrganization(on, owner, { role: 'admin' })
      const transfer = `/api/v1/organizations/${owner.organizationId}/transfer`
      const answers = await Promise.all(
        twenty.map((index) => {
          if (index % 4 === 0) return owner.call('POST', transfer, { userId: taker.userId })
          if (index % 4 === 1) return owner.call('DELETE', `${pathOf(owner)}/${taker.userId}`)
          if (index % 4 === 2) return taker.call('DELETE', `${pathOf(owner)}/${taker.userId}`)
          return taker.call('DELETE', `${pathOf(owner)}/${owner.userId}`)
        }),
      )
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
      expect(await ownersOf(owner)).toBe(1)
    }
  })

  test('the only two owners who leave together leave one of them', async () => {
    for (let round = 0; round < rounds; round++) {
      const first = await signUp(on)
      const second = await joinOrganization(on, first, { role: 'owner' })
      const leave = (who: Pick<Actor, 'call' | 'userId'>) =>
        who.call('DELETE', `${pathOf(first)}/${who.userId}`)
      const answers = await Promise.all(twenty.map((index) => leave(index % 2 === 0 ? first : second)))
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
      expect(await ownersOf(first)).toBe(1)
    }
  })
})
