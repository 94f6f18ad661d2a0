import type { z } from '@hono/zod-openapi'
import { systemTx } from '../../platform/db/transactions.ts'
import { validationFailed } from '../../platform/errors.ts'
import { decodeTimeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { formatUsd } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import { type AskedCorrection, beginCorrection, previewCorrection } from './actions/begin-correction.ts'
import * as contract from './adjustment-contract.ts'
import { listAdjustments } from './adjustment-store.ts'
import {
  type CorrectionRow,
  type CorrectionSums,
  listCorrections,
  sumAdjustments,
} from './correction-store.ts'
import { correctionExists } from './errors.ts'
import { visibleTo } from './own-calls.ts'
import { presentAdjustment } from './present.ts'
import type { ReadUsage } from './read-usage.ts'

export function adjustmentRoutes(platform: Platform, read: ReadUsage): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/usage/adjustments',
        tag: 'Usage',
        summary: 'What corrections have added to calls, newest first',
        description:
          'Records are never changed: a price that was corrected adds entries. Without `read:billing` only one’s own calls.',
        access: 'read:usage',
        query: contract.correctionQuery,
        response: { status: 200, description: 'A page of entries', schema: contract.adjustmentList },
      },
      async ({ caller, query: { limit, cursor } }) => {
        const before = decodeTimeCursor(cursor)
        const rows = await read(caller, (scope) =>
          listAdjustments(scope.tx, visibleTo(caller), { limit, before }),
        )
        const page = toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id])
        const data = page.data.map((row) =>
          presentAdjustment({
            id: row.id,
            correctionId: row.correctionId,
            requestId: row.requestId,
            createdAt: row.createdAt.toISOString(),
            amountNanos: row.amountNanos.toString(),
            uncountedNanos: row.uncountedNanos.toString(),
            prices: pricesOf(row),
            reason: row.reason,
          }),
        )
        return { ...page, data }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/admin/usage-adjustments',
        tag: 'Installation',
        summary: 'The corrections of prices, newest first, and how far each has come',
        access: 'system:admin',
        query: contract.correctionQuery,
        response: { status: 200, description: 'A page of corrections', schema: contract.correctionList },
      },
      async ({ query: { limit, cursor } }) => {
        const before = decodeTimeCursor(cursor)
        return systemTx(platform, 'operate', async (tx) => {
          const rows = await listCorrections(tx, { limit, before })
          const page = toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id])
          const data = []
          for (const row of page.data) data.push(present(row, await sumAdjustments(tx, row.id)))
          return { ...page, data }
        })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/admin/usage-adjustments',
        tag: 'Installation',
        summary: 'Correct the price of calls that were made',
        description:
          'Adds one entry to each call of a model in a time whose cost would have been another, in all organizations, in the background. ' +
          'With `preview` it says what that would come to. Sums and budgets count entries where they count their calls.',
        access: 'system:admin',
        body: contract.newCorrection,
        response: { status: 200, description: 'The correction', schema: contract.correctionAnswer },
        errors: [correctionExists],
      },
      async ({ caller, body }) => {
        const asked = askedOf(body, platform.clock.now())
        const act = body.preview ? previewCorrection : beginCorrection
        const { row, sums, leftOut } = await act(platform, caller, asked)
        return { ...present(row, sums), ...(body.preview ? { state: 'preview' } : {}), leftOut }
      },
    ),
  ]
}

function askedOf(body: z.infer<typeof contract.newCorrection>, now: Date): AskedCorrection {
  const [fromTime, toTime] = [new Date(body.from), new Date(body.to)]
  if (toTime > now) throw invalid('to', 'is in the future')
  if (fromTime >= toTime) throw invalid('from', 'is not before "to"')
  const { correctionId: id, model, provider = null, prices, reason } = body
  return {
    id,
    model,
    provider,
    fromTime,
    toTime,
    inputNanosPerMillion: BigInt(prices.inputNanosPerMillion),
    cachedInputNanosPerMillion: BigInt(prices.cachedInputNanosPerMillion),
    outputNanosPerMillion: BigInt(prices.outputNanosPerMillion),
    reason,
  }
}

function invalid(field: string, message: string) {
  return validationFailed({
    message: `The request is not valid: body field "${field}": it ${message}.`,
    details: { problems: [{ in: 'body', field, message }] },
  })
}

function present(row: CorrectionRow, { calls, organizations, amountNanos }: CorrectionSums) {
  return {
    id: row.id,
    model: row.model,
    provider: row.provider,
    from: row.fromTime.toISOString(),
    to: row.toTime.toISOString(),
    prices: pricesOf(row),
    reason: row.reason,
    state: row.finishedAt === null ? 'running' : 'done',
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    calls,
    organizations,
    amountNanos: amountNanos.toString(),
    amountUsd: formatUsd(amountNanos),
  }
}

type Prices = Record<'inputNanosPerMillion' | 'cachedInputNanosPerMillion' | 'outputNanosPerMillion', bigint>

function pricesOf(row: Prices) {
  return {
    inputNanosPerMillion: row.inputNanosPerMillion.toString(),
    cachedInputNanosPerMillion: row.cachedInputNanosPerMillion.toString(),
    outputNanosPerMillion: row.outputNanosPerMillion.toString(),
  }
}
