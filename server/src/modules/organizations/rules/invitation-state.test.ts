import { expect, test } from 'vitest'
import { invitationState } from './invitation-state.ts'

const now = new Date('2026-03-01T12:00:00Z')
const open = {
  expiresAt: new Date('2026-03-01T12:00:01Z'),
  acceptedAt: null,
  revokedAt: null,
  organization: { deletedAt: null },
  inviterMayStill: true,
}

test.each([
  ['open', {}],
  ['expired', { expiresAt: now }],
  ['revoked', { revokedAt: now }],
  ['used', { acceptedAt: now, expiresAt: now }],
  ['organization_deleted', { organization: { deletedAt: now } }],
  ['inviter_gone', { inviterMayStill: false }],
] as const)('%s', (state, change) => {
  expect(invitationState({ ...open, ...change }, now)).toBe(state)
})
