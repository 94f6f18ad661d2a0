import type { RunnableConfig } from '@langchain/core/runnables'
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  getCheckpointId,
  maxChannelVersion,
  type PendingWrite,
  TASKS,
  WRITES_IDX_MAP,
} from '@langchain/langgraph-checkpoint'
import type { Caller, Scope } from '../../../../platform/context.ts'
import { readTenant, withTenant } from '../../../../platform/db/transactions.ts'
import type { Platform } from '../../../../platform/platform.ts'
import { type GraphSeal, openGraphSeal } from './graph-seal.ts'
import * as store from './store.ts'

/** A channel that has a version and no value. */
const empty = 'empty'

/**
 * LangGraph's checkpoints in the organization's own rows: each call is a tenant transaction, and what stands in a
 * checkpoint is sealed under the organization's data key. A checkpoint holds no values; each version of a channel is
 * stored once, under its number, however many checkpoints refer to it. Passes LangGraph's conformance suite.
 */
export class TenantSaver extends BaseCheckpointSaver {
  readonly #platform: Platform
  readonly #caller: Caller
  readonly #runId: string | null

  /** @param runId the run that what is stored goes with; null for none */
  constructor(platform: Platform, caller: Caller, runId: string | null) {
    super()
    this.#platform = platform
    this.#caller = caller
    this.#runId = runId
  }

  async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { threadId, namespace } = placeOf(config)
    if (threadId === undefined) return undefined
    const id = getCheckpointId(config) || undefined
    return this.#inTenant(async (scope) => {
      const [row] = await store.listCheckpoints(scope.tx, { threadId, namespace, id, limit: 1 })
      if (!row) return undefined
      const [tuple] = await this.#read(scope, [row])
      return tuple
    })
  }

  async *list(config: RunnableConfig, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { before, limit, filter } = options
    const rows = await readTenant(this.#platform, this.#caller, ({ tx }) =>
      store.listCheckpoints(tx, {
        threadId: textOf(config.configurable?.thread_id),
        namespace: textOf(config.configurable?.checkpoint_ns),
        id: textOf(config.configurable?.checkpoint_id),
        beforeId: textOf(before?.configurable?.checkpoint_id),
        // What is filtered by is sealed.
        limit: filter ? undefined : limit,
      }),
    )
    let left = limit ?? rows.length
    for (const row of rows) {
      if (left <= 0) return
      const [tuple] = await this.#inTenant((scope) => this.#read(scope, [row]))
      if (!tuple || !agrees(tuple.metadata, filter)) continue
      left -= 1
      yield tuple
    }
  }

  async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { threadId, namespace } = placeOf(config)
    if (threadId === undefined)
      throw new Error('A checkpoint needs a "thread_id" in the "configurable" of its config.')
    const { channel_values: values, ...rest } = checkpoint
    const changed = await Promise.all(
      Object.entries(newVersions).map(async ([channel, version]) => {
        const has = Object.hasOwn(values, channel) && values[channel] !== undefined
        const [type, bytes] = has ? await this.serde.dumpsTyped(values[channel]) : [empty, new Uint8Array()]
        return { channel, version: String(version), type, bytes }
      }),
    )
    const [, checkpointBytes] = await this.serde.dumpsTyped(rest)
    const [, metadataBytes] = await this.serde.dumpsTyped(metadata)
    await this.#inTenant(async (scope) => {
      const { organizationId, tx } = scope
      const seal = await openGraphSeal(this.#platform, scope)
      const place = { organizationId, threadId, namespace, runId: this.#runId }
      await store.insertBlobs(
        tx,
        changed.map(({ channel, version, type, bytes }) => ({
          ...place,
          channel,
          version,
          type,
          valueSealed: seal.seal('graph_blobs', 'value', [threadId, namespace, channel, version], bytes),
        })),
      )
      const cell = [threadId, namespace, checkpoint.id]
      await store.upsertCheckpoint(tx, {
        ...place,
        id: checkpoint.id,
        parentId: textOf(config.configurable?.checkpoint_id) ?? null,
        checkpointSealed: seal.seal('graph_checkpoints', 'checkpoint', cell, checkpointBytes),
        metadataSealed: seal.seal('graph_checkpoints', 'metadata', cell, metadataBytes),
      })
    })
    return configOf(threadId, namespace, checkpoint.id)
  }

  async putWrites(config: RunnableConfig, writes: PendingWrite[], taskId: string): Promise<void> {
    const { threadId, namespace } = placeOf(config)
    const checkpointId = textOf(config.configurable?.checkpoint_id)
    if (threadId === undefined || checkpointId === undefined)
      throw new Error(
        'Writes need a "thread_id" and a "checkpoint_id" in the "configurable" of their config.',
      )
    const dumped = await Promise.all(
      writes.map(async ([channel, value], index) => {
        const [type, bytes] = await this.serde.dumpsTyped(value)
        return { channel, position: WRITES_IDX_MAP[channel] ?? index, type, bytes }
      }),
    )
    await this.#inTenant(async (scope) => {
      const seal = await openGraphSeal(this.#platform, scope)
      const rows = dumped.map(({ channel, position, type, bytes }) => ({
        organizationId: scope.organizationId,
        threadId,
        namespace,
        checkpointId,
        taskId,
        position,
        channel,
        runId: this.#runId,
        type,
        valueSealed: seal.seal(
          'graph_writes',
          'value',
          [threadId, namespace, checkpointId, taskId, String(position)],
          bytes,
        ),
      }))
      await store.insertWrites(
        scope.tx,
        rows.filter(({ position }) => position >= 0),
        false,
      )
      await store.insertWrites(
        scope.tx,
        rows.filter(({ position }) => position < 0),
        true,
      )
    })
  }

  async deleteThread(threadId: string): Promise<void> {
    await this.#inTenant(({ tx }) => store.deleteThread(tx, threadId))
  }

  #inTenant<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    return withTenant(this.#platform, this.#caller, work)
  }

  async #read(scope: Scope, rows: readonly store.CheckpointRow[]): Promise<CheckpointTuple[]> {
    const seal = await openGraphSeal(this.#platform, scope)
    const tuples: CheckpointTuple[] = []
    for (const row of rows) {
      const cell = [row.threadId, row.namespace, row.id]
      // Sealed by `put` from values of these types.
      const rest = (await this.serde.loadsTyped(
        'json',
        seal.open('graph_checkpoints', 'checkpoint', cell, row.checkpointSealed),
      )) as Omit<Checkpoint, 'channel_values'>
      const metadata = (await this.serde.loadsTyped(
        'json',
        seal.open('graph_checkpoints', 'metadata', cell, row.metadataSealed),
      )) as CheckpointMetadata
      const blobs = await store.findBlobs(scope.tx, row, rest.channel_versions ?? {})
      const values: Record<string, unknown> = {}
      for (const blob of blobs) if (blob.type !== empty) values[blob.channel] = await this.#load(seal, blob)
      const checkpoint: Checkpoint = { ...rest, channel_values: values }
      const related = row.parentId === null ? [row.id] : [row.id, row.parentId]
      const writes = await store.listWrites(scope.tx, row, related)
      if (checkpoint.v < 4 && row.parentId !== null)
        await this.#takeInSends(
          seal,
          checkpoint,
          writes.filter((write) => write.checkpointId === row.parentId),
        )
      const pendingWrites: CheckpointPendingWrite[] = []
      for (const write of writes.filter((one) => one.checkpointId === row.id))
        pendingWrites.push([write.taskId, write.channel, await this.#loadWrite(seal, write)])
      tuples.push({
        config: configOf(row.threadId, row.namespace, row.id),
        checkpoint,
        metadata,
        pendingWrites,
        ...(row.parentId === null
          ? {}
          : { parentConfig: configOf(row.threadId, row.namespace, row.parentId) }),
      })
    }
    return tuples
  }

  /** Before version 4 of the format, tasks that were sent stood among the writes of the checkpoint before. */
  async #takeInSends(
    seal: GraphSeal,
    checkpoint: Checkpoint,
    writes: readonly store.WriteRow[],
  ): Promise<void> {
    const sends: unknown[] = []
    for (const write of writes.filter(({ channel }) => channel === TASKS))
      sends.push(await this.#loadWrite(seal, write))
    const versions = Object.values(checkpoint.channel_versions)
    checkpoint.channel_values[TASKS] = sends
    checkpoint.channel_versions[TASKS] =
      versions.length > 0 ? maxChannelVersion(...versions) : this.getNextVersion(undefined)
  }

  #load(seal: GraphSeal, blob: store.BlobRow): Promise<unknown> {
    const cell = [blob.threadId, blob.namespace, blob.channel, blob.version]
    return this.serde.loadsTyped(blob.type, seal.open('graph_blobs', 'value', cell, blob.valueSealed))
  }

  #loadWrite(seal: GraphSeal, write: store.WriteRow): Promise<unknown> {
    const cell = [write.threadId, write.namespace, write.checkpointId, write.taskId, String(write.position)]
    return this.serde.loadsTyped(write.type, seal.open('graph_writes', 'value', cell, write.valueSealed))
  }
}

function placeOf({ configurable }: RunnableConfig): { threadId: string | undefined; namespace: string } {
  return { threadId: textOf(configurable?.thread_id), namespace: textOf(configurable?.checkpoint_ns) ?? '' }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function configOf(threadId: string, namespace: string, id: string): RunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: id } }
}

function agrees(
  metadata: CheckpointMetadata | undefined,
  filter: Readonly<Record<string, unknown>> | undefined,
): boolean {
  const known: Readonly<Record<string, unknown>> = { ...metadata }
  return Object.entries(filter ?? {}).every(([key, value]) => known[key] === value)
}
