import type { Database } from '../../platform/db/database.ts'
import type { Catalog } from './database/catalog.ts'
import { allCases, prepareProof, tryCases } from './database/isolation-proof.ts'
import { proveSearch } from './database/search-proof.ts'
import type { CheckReport } from './report.ts'

/** Two organizations in transactions that are all undone. */
export async function proveDatabase(
  database: Database,
  catalog: Catalog,
  signal: AbortSignal,
): Promise<CheckReport[]> {
  const beganCases = performance.now()
  const proof = prepareProof(database, catalog)
  const cases = allCases(proof)
  const breaches = await tryCases(proof, cases, Infinity, signal)
  const beganSearch = performance.now()
  const search = await proveSearch(database)
  return [
    {
      area: 'database',
      title: 'No statement crosses the wall',
      how:
        'Two organizations get a row in every table, with the same ids where only the organization tells them apart. As freehold_tenant, ' +
        'under the claims of one, of an organization that does not exist, of none, and without claims: select, update and delete without a ' +
        'condition, insert of the other’s row, moving a row, pointing a foreign key at the other. Each table in a transaction that is undone.',
      verdict: breaches.length > 0 ? 'breach' : 'pass',
      tried: { count: cases.length, what: 'statements' },
      findings: breaches,
      durationMs: beganSearch - beganCases,
    },
    {
      area: 'database',
      title: 'The search function stays within the organization',
      how:
        'app.search_passages, which looks past the policies, is asked by words, by vector and by both, everywhere and in the other’s documents ' +
        'and collection, by the other, by nobody, and by the owner, who must find everything. Undone at the end.',
      verdict: search.problems.length > 0 ? 'breach' : 'pass',
      tried: { count: search.tried, what: 'searches' },
      findings: search.problems.map((sentence) => ({ sentence })),
      durationMs: performance.now() - beganSearch,
    },
  ]
}
