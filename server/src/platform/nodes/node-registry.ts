import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Logger } from '../telemetry/logger.ts'

/**
 * Which server processes are alive. Each touches its row every five seconds; one not seen for twenty is dead, and
 * what it left half-done may be finished by others. An embedded database has one process at a time (its lock says
 * so), so at start all others are dead at once.
 */
export interface NodeRegistry {
  join(): Promise<void>
  aliveNodeIds(): Promise<string[]>
  leave(): Promise<void>
}

const beatMs = 5_000
const deadAfterMs = 20_000

export function createNodeRegistry(
  on: { database: Database; clock: Clock; logger: Logger },
  nodeId: string,
): NodeRegistry {
  let timer: NodeJS.Timeout | undefined
  const oldest = () => new Date(on.clock.now().getTime() - deadAfterMs).toISOString()

  async function beat(): Promise<void> {
    const now = on.clock.now().toISOString()
    await on.database.query(
      `insert into freehold.nodes (id, started_at, seen_at) values ($1, $2, $2)
       on conflict (id) do update set seen_at = excluded.seen_at`,
      [nodeId, now],
    )
  }

  return {
    async join() {
      if (on.database.kind === 'pglite') await on.database.query('delete from freehold.nodes')
      await beat()
      timer = setInterval(() => {
        beat().catch((error: unknown) =>
          on.logger.warn({ err: error }, 'this node could not say that it is alive'),
        )
      }, beatMs)
      timer.unref()
    },
    async aliveNodeIds() {
      const rows = await on.database.query('select id from freehold.nodes where seen_at > $1', [oldest()])
      return rows.map((row) => String(row.id))
    },
    async leave() {
      clearInterval(timer)
      await on.database.query('delete from freehold.nodes where id = $1 or seen_at < $2', [nodeId, oldest()])
    },
  }
}
