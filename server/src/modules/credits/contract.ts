import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const nanos = z.string().openapi({ description: 'Nano-dollars', example: '25000000000' })
const usd = z.string().openapi({ example: '25.000000000' })
const note = z.string().trim().max(500)

export const creditOrganizationQuery = z.strictObject({
  organizationId: z
    .uuid()
    .optional()
    .openapi({ description: 'One’s own organization where it is left out.' }),
})
export const creditEntriesQuery = z.strictObject(pageQuery)

export const newCreditGrant = z
  .strictObject({
    organizationId: z.uuid(),
    amountUsd: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be dollars as text with at most nine decimals, such as "25.00"')
      .refine((amount) => /[1-9]/.test(amount), 'must be more than nothing')
      .openapi({ example: '25.00' }),
    expiresAt: z.iso.datetime().optional().openapi({ description: 'What is left then is lost.' }),
    note: note.default(''),
  })
  .openapi('NewCreditGrant')

export const creditRevocation = z
  .strictObject({ organizationId: z.uuid(), grantId: z.uuid(), note: note.default('') })
  .openapi('CreditRevocation')

const grant = z.object({
  id: z.uuid(),
  amountNanos: nanos,
  amountUsd: usd,
  usedNanos: nanos,
  revokedNanos: nanos,
  expiredNanos: nanos,
  restNanos: nanos.openapi({ description: 'What nobody has used, revoked or let expire.' }),
  restUsd: usd,
  expiresAt: z.iso.datetime().nullable(),
  note: z.string(),
  createdAt: z.iso.datetime(),
})

export const creditBalance = z
  .object({
    isOn: z.boolean().openapi({
      description: 'Whether calls are held against the balance: from the first grant on.',
    }),
    grantedNanos: nanos,
    usedNanos: nanos.openapi({ description: 'By calls that were counted since the first grant.' }),
    revokedNanos: nanos,
    expiredNanos: nanos,
    heldNanos: nanos.openapi({ description: 'Reserved by calls under way.' }),
    remainingNanos: nanos.openapi({ description: 'What calls can use now, beside what is held.' }),
    remainingUsd: usd,
    grants: z.array(grant).openapi({ description: 'In the order in which they are used up.' }),
  })
  .openapi('CreditBalance')

const entry = z
  .object({
    id: z.uuid(),
    grantId: z.uuid(),
    kind: z.enum(['grant', 'revocation', 'expiry']),
    amountNanos: nanos.openapi({ description: 'Signed.' }),
    amountUsd: usd,
    balanceNanos: nanos.openapi({ description: 'Beside what calls under way held.' }),
    balanceUsd: usd,
    note: z.string(),
    createdAt: z.iso.datetime(),
  })
  .openapi('CreditEntry')

export const creditEntryList = pageOf(entry).openapi('CreditEntryList')
