import type { Caller, Scope } from '../../platform/context.ts'

/** Resolves when the calls of an organization that have ended on this node are in the ledger. */
export type Recorded = (organizationId: string) => Promise<void>

/** Reads what a caller has spent, with the call that they have just made: one statement. */
export type ReadUsage = <T>(caller: Caller, work: (scope: Scope) => Promise<T>) => Promise<T>
