import type { Authenticator } from './auth/credentials.ts'
import type { Subscription } from './events/event-relay.ts'
import type { Route } from './http/route.ts'
import type { AnyJob } from './jobs/job-queue.ts'
import type { PersonalData } from './personal-data.ts'

/** What a module brings to the program. `app/modules.ts` composes these in dependency order. */
export interface FreeholdModule {
  name: string
  routes?: readonly Route[]
  authenticators?: readonly Authenticator[]
  jobs?: readonly AnyJob[]
  subscriptions?: readonly Subscription[]
  /** What a person can take along of what the module keeps of them. */
  personalData?: readonly PersonalData[]
  /**
   * Finishes what dead processes left half-done. Called before the server is ready and then at intervals, on every
   * node, with the ids of the nodes that are alive; must be safe to run at the same time elsewhere.
   */
  recover?(aliveNodeIds: readonly string[]): Promise<void>
  /** Called once the database is ready and before requests come in. */
  start?(): Promise<void>
  /** Called when the server begins to stop, while its readers are still there: work that would outlast it ends here. */
  beginStop?(): Promise<void>
  /** Called when the server stops, after requests and jobs have ended. */
  stop?(): Promise<void>
}
