import { readCatalog } from '../database/catalog.ts'
import { inOrderOfKeys, insertOf, makeRow } from '../database/make-rows.ts'
import { asSystem } from '../database/run-as.ts'
import { castOf } from './cast.ts'
import { documentOf, type Operation, operationsOf } from './operations.ts'
import type { ProofApp } from './proof-app.ts'
import { resourceOfField, resourceOfParameter } from './resource-ids.ts'
import { idFieldsOf } from './sample-value.ts'
import { samples } from './samples.ts'
import type { Answer } from './send.ts'
import type { Stage } from './stage.ts'
import { createTenant, type Tenant, useEverything } from './world.ts'

export interface SetStage {
  stage: Stage
  /** What each organization's own owner was answered: good requests, made from the document alone. */
  victimAnswers: Map<Operation, Answer>
  strangerAnswers: Map<Operation, Answer>
}

/** What an owner calls last: it ends their session, or more. */
export const endsStage = (operation: Operation) => samples[operation.key]?.ends !== undefined
const lasting = (operation: Operation) => operation.method !== 'delete' && !endsStage(operation)

/**
 * Makes two organizations, has each use every operation, and calls in the others.
 * @param fill which tables get a row of the victim when no request has made one: all, or only those whose ids requests
 * name. A running installation is spared rows that its workers would take for theirs.
 */
export async function setStage(
  on: ProofApp,
  options: { fill: 'all' | 'named'; signal?: AbortSignal },
): Promise<SetStage> {
  const operations = operationsOf(documentOf(on.app))
  const { database } = on.platform
  const victim = await createTenant(on, 'Victim')
  const victimAnswers = await useEverything(on, victim, operations.filter(lasting), options.signal)
  await fillTables(on, victim, options.fill === 'all' ? undefined : tablesNamedBy(operations))
  const stranger = await createTenant(on, 'Stranger')
  const strangerAnswers = await useEverything(on, stranger, operations.filter(lasting), options.signal)
  const seen = [...strangerAnswers].map(([operation, answer]) => ({ who: 'the stranger', operation, answer }))
  const cast = await castOf(on, stranger)
  const { app } = on
  const stage = { app, database, operations, victim, stranger, ...cast, seen, signal: options.signal }
  return { stage, victimAnswers, strangerAnswers }
}

function tablesNamedBy(operations: readonly Operation[]): Set<string> {
  return new Set(
    operations.flatMap((operation) => [
      ...operation.parameters
        .filter((one) => one.place === 'path')
        .map((one) => resourceOfParameter(operation.path, one.name)?.table ?? ''),
      ...idFieldsOf(operation.body?.schema ?? {}).map(({ name }) => resourceOfField(name).table),
    ]),
  )
}

/** Gives a tenant a row with its canary in each of the tables, and those they point at, that has none. */
async function fillTables(
  { platform: { database } }: ProofApp,
  { owner: { organizationId, userId }, canary }: Tenant,
  names: ReadonlySet<string> | undefined,
): Promise<void> {
  const catalog = await readCatalog((text) => database.query(text))
  const wanted = new Set(names)
  for (const table of inOrderOfKeys(catalog).reverse()) {
    if (names && !wanted.has(table.name)) continue
    for (const key of catalog.constraints)
      if (key.kind === 'f' && key.table === table.name && key.otherTable) wanted.add(key.otherTable)
  }
  const plan = { organizationId, userId, mark: canary, ids: new Map<string, string>(), count: 1 }
  await asSystem(database, async (query) => {
    for (const table of inOrderOfKeys(catalog)) {
      const [row] = await query(
        `select * from freehold.${table.name} where organization_id = '${organizationId}' limit 1`,
      )
      if (row)
        for (const [column, value] of Object.entries(row))
          plan.ids.set(`${table.name}.${column}`, String(value))
      else if (!names || wanted.has(table.name))
        await query(insertOf(table.name, makeRow(catalog, table, plan)))
    }
  })
}
