import type { Scope } from './context.ts'

/** What a module keeps of one person in an organization, as a part of what they can take along. */
export interface PersonalData {
  /** What it is called in the export. */
  name: string
  /**
   * The newest first, at most `limit` of those whose id is before `beforeId`: what is the person's own, with nothing
   * that is secret even to them. Each page is read in a transaction of its own.
   */
  list(
    scope: Scope,
    userId: string,
    page: { limit: number; beforeId: string | undefined },
  ): Promise<{ id: string; data: Record<string, unknown> }[]>
}
