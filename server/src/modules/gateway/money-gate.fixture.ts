import { sql } from 'drizzle-orm'
import { createMemoryPubSub } from '../../platform/cache/index.ts'
import { type Caller, systemCaller } from '../../platform/context.ts'
import { rowsOf, withTenant } from '../../platform/db/transactions.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Actor, TestApp } from '../../testing/test-app.ts'
import { usageRecordOf } from '../../testing/usage-record.ts'
import type { CallParts } from '../budgets/index.ts'
import { type Begun, createMoneyGate, type MoneyGate } from './money-gate.ts'

/** A gate of a node of its own on the app's database. It hears no news of others, as without Valkey. */
export interface TestNode {
  readonly platform: Platform
  readonly gate: MoneyGate
}

export function newNode(on: TestApp, changes: Partial<Platform> = {}): TestNode {
  const platform = {
    ...on.platform,
    nodeId: newId(),
    pubSub: createMemoryPubSub({ log: on.platform.logger }),
    ...changes,
  }
  return { platform, gate: createMoneyGate(platform) }
}

/** A call of some part of an organization, for a node to begin and end. */
export interface TestCall {
  requestId: string
  caller: Caller
  parts: CallParts
}

export function newCall(organizationId: string, parts: Partial<CallParts> = {}): TestCall {
  return {
    requestId: newId(),
    caller: systemCaller(organizationId, newId()),
    parts: {
      userId: null,
      apiKeyId: null,
      serviceAccountId: null,
      projectId: null,
      model: 'openai/gpt-4o-mini',
      tag: null,
      ...parts,
    },
  }
}

function recordOf({ requestId, parts }: TestCall, costNanos: bigint, status: 'ok' | 'interrupted') {
  const { userId, apiKeyId, model, tag } = parts
  return usageRecordOf({ requestId, userId, apiKeyId, model: model ?? '', tag, costNanos, status })
}

export function begin({ gate }: TestNode, call: TestCall, amountNanos: bigint): Promise<Begun> {
  const interrupted = recordOf(call, amountNanos, 'interrupted')
  return gate.begin(call.caller, { parts: call.parts, amountNanos, interrupted })
}

export function end({ gate }: TestNode, call: TestCall, costNanos: bigint): Promise<void> {
  return gate.end(String(call.caller.organizationId), recordOf(call, costNanos, 'ok'))
}

export interface BudgetState {
  settled: bigint
  held: bigint
  limit: bigint
}

/** The budgets as the database has them, the oldest first, with whatever nodes have leased. */
export async function budgetsOf(on: TestApp, organizationId: string): Promise<BudgetState[]> {
  const rows = await withTenant(on.platform, systemCaller(organizationId, newId()), ({ tx }) =>
    rowsOf<{ settled: string; held: string; limit: string }>(
      tx,
      sql`select settled_nanos::text as settled, held_nanos::text as held, limit_nanos::text as limit
        from freehold.budgets order by id`,
    ),
  )
  return rows.map(({ settled, held, limit }) => ({
    settled: BigInt(settled),
    held: BigInt(held),
    limit: BigInt(limit),
  }))
}

/** The calls in the ledger: how many, and what they cost together. */
export async function ledgerOf(
  on: TestApp,
  organizationId: string,
): Promise<{ calls: number; cost: bigint }> {
  const [row] = await on.platform.database.query(
    'select count(*)::int as calls, coalesce(sum(cost_nanos), 0)::text as cost from freehold.usage_records where organization_id = $1',
    [organizationId],
  )
  return { calls: Number(row?.calls), cost: BigInt(String(row?.cost)) }
}

/** A hard budget of so many nano-dollars. */
export async function makeBudget(
  actor: Actor,
  limitNanos: bigint,
  about: Record<string, unknown> = {},
): Promise<string> {
  const digits = limitNanos.toString().padStart(10, '0')
  const { status, body } = await actor.call<{ id: string }>('POST', '/api/v1/budgets', {
    limitUsd: `${digits.slice(0, -9)}.${digits.slice(-9)}`,
    window: 'lifetime',
    ...about,
  })
  if (status !== 201) throw new Error(`The budget was not made: ${status} ${JSON.stringify(body)}`)
  return body.id
}
