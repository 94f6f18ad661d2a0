import type { Database } from '../../../platform/db/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { Query } from './catalog.ts'
import { type Claims, literal, tryOut } from './run-as.ts'

/**
 * The proof for app.search_passages, which looks past the policies. Both organizations have documents with the same
 * ids, since only the organization tells them apart:
 * - `twin`: ready in both. A passage of A hangs under that id, so a search that forgot to filter passages shows it.
 * - `verdict`: ready in A, failed in B. A search that forgot to filter documents shows B's passages of it.
 */
interface Library {
  a: { organizationId: string; passageIds: string[]; documentIds: string[]; collectionId: string }
  b: { organizationId: string; visible: string[]; hidden: string[] }
}

/** No model's: what the proof writes is told by it. */
export const searchSpace = 'space of the proof'

async function makeLibrary(query: Query): Promise<Library> {
  const [a, b] = [newId(), newId()]
  const [collection, twin, verdict, alone] = [newId(), newId(), newId(), newId()]
  const ids = { a: [newId(), newId(), newId()], visible: [newId()], hidden: [newId()] }
  for (const organization of [a, b]) {
    await query(`insert into freehold.organizations (id, name, slug, created_at, updated_at)
        values ('${organization}', 'search', '${organization}', now(), now())`)
    await query(`insert into freehold.collections (organization_id, id, name, created_at)
        values ('${organization}', '${collection}', 'search', now())`)
  }
  const document = (organization: string, id: string, status: string) =>
    query(`insert into freehold.documents (organization_id, id, collection_id, name, media_type, size_bytes, sha256,
          storage_key, status, created_at, updated_at)
        values ('${organization}', '${id}', '${collection}', 'd', 'text/plain', 1, 's', 'k', '${status}', now(), now())`)
  await document(a, twin, 'ready')
  await document(a, verdict, 'ready')
  await document(a, alone, 'ready')
  await document(b, twin, 'ready')
  await document(b, verdict, 'failed')
  await passage(query, a, ids.a[0], twin)
  await passage(query, a, ids.a[1], verdict)
  await passage(query, a, ids.a[2], alone)
  await passage(query, b, ids.visible[0], twin)
  await passage(query, b, ids.hidden[0], verdict)
  return {
    a: {
      organizationId: a,
      passageIds: ids.a,
      documentIds: [twin, verdict, alone],
      collectionId: collection,
    },
    b: { organizationId: b, visible: ids.visible, hidden: ids.hidden },
  }
}

async function passage(
  query: Query,
  organization: string,
  id: string | undefined,
  documentId: string,
): Promise<void> {
  await query(`insert into freehold.passages (organization_id, id, document_id, ordinal, text, start_offset, end_offset,
      token_estimate, embedding, embedding_space)
    values ('${organization}', '${id}', '${documentId}', 0, 'a zanzibar canary sings', 0, 1, 1, '[1,0,0]', ${literal(searchSpace)})`)
}

/** By words, by vector and by both; over everything and over A's own documents and collections. */
export async function proveSearch(database: Database): Promise<{ tried: number; problems: string[] }> {
  return tryOut(database, async ({ query, asTenant }) => {
    const { a, b } = await makeLibrary(query)
    const problems: string[] = []
    let tried = 0
    const uuids = (ids: readonly string[]) => `array[${ids.map((id) => `'${id}'`).join(', ')}]::uuid[]`
    const questions = {
      'by words': `'zanzibar', null::halfvec, ${literal(searchSpace)}`,
      'by vector': `'', '[1,0,0]'::halfvec, ${literal(searchSpace)}`,
      'by both': `'zanzibar', '[1,0,0]'::halfvec, ${literal(searchSpace)}`,
    }
    const places = {
      everywhere: 'null::uuid[], null::uuid[]',
      "in the other's documents": `null::uuid[], ${uuids(a.documentIds)}`,
      "in the other's collection": `${uuids([a.collectionId])}, null::uuid[]`,
    }
    const askers: [string, Claims, readonly string[]][] = [
      ['the other', { organizationId: b.organizationId }, b.visible],
      ['nobody', 'none', []],
      ['claims without organization', 'without organization', []],
      ['its owner', { organizationId: a.organizationId }, a.passageIds],
    ]
    for (const [question, words] of Object.entries(questions)) {
      for (const [place, filter] of Object.entries(places)) {
        for (const [asker, claims, expected] of askers) {
          const rows = await asTenant(claims, (search) =>
            search(`select passage_id from app.search_passages(${words}, ${filter}, 100)`),
          )
          tried += 1
          const found = rows.map((row) => String(row.passage_id)).sort()
          if (found.join() === [...expected].sort().join()) continue
          problems.push(
            `search ${question} ${place} by ${asker} found ${found.length} passages, not ${expected.length}`,
          )
        }
      }
    }
    return { tried, problems }
  })
}
