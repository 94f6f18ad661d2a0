import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { followDocument, signUp, uploadDocument } from '../examples/demo/api-client.ts'
import {
  type JudgedRanking,
  judgeRanking,
  meanFigures,
} from '../server/src/modules/knowledge/rules/judge-ranking.ts'
import { type DeploymentKind, withDeployment, withServer } from './deployment.ts'
import type { Figure } from './figure.ts'

const folder = path.join(import.meta.dirname, 'retrieval')
const atMostMs = 400_000
const depth = 50
const ndcgDepth = 10
const modes = ['text', 'vector', 'hybrid'] as const

/** A small library with what is asked about it: half of the questions use its words, half say it in others. */
interface Topic {
  topic: string
  documents: { title: string; text: string }[]
  questions: { question: string; kind: 'words' | 'paraphrase'; answer: string }[]
}

interface Hit {
  passage: { documentId: string; text: string }
  textRank: number | null
  vectorRank: number | null
}

/**
 * How well questions find the one passage that answers them, by words, by meaning and by both, with the local
 * embeddings. All topics lie in one collection, as they do with people. Through the API, as anybody searches.
 */
export async function measureRetrieval(kind: DeploymentKind): Promise<Figure[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  // Our own files, of this shape.
  const read = async (name: string) => JSON.parse(await readFile(path.join(folder, name), 'utf8')) as Topic
  const topics = await Promise.all(files.map(read))
  const signal = AbortSignal.timeout(atMostMs)
  return withDeployment(kind, (deployment) =>
    withServer(deployment, async ({ url }) => {
      const person = {
        email: 'ada@example.com',
        password: 'a-long-passphrase',
        name: 'Ada',
        organizationName: 'Bench',
      }
      const { accessToken } = await signUp(url, person, signal)
      const to = { url, accessToken, signal }
      const documentIds = new Map<string, string>()
      for (const { topic, documents } of topics) {
        for (const { title, text } of documents) {
          const bytes = new TextEncoder().encode(`# ${title}\n\n${text}\n`)
          const { id } = await uploadDocument(to, { name: `${topic}-${title}.md`, bytes })
          documentIds.set(`${topic} ${title}`, id)
        }
      }
      for (const id of documentIds.values()) {
        for await (const document of followDocument(to, id)) {
          if (document.status === 'failed') throw new Error(`${document.name} was not read.`)
        }
      }
      const judged: (Record<(typeof modes)[number], JudgedRanking> & { asked: string })[] = []
      for (const { topic, documents, questions } of topics) {
        for (const { question, kind: asked, answer } of questions) {
          const quote = documents.find((one) => one.title === answer)?.text ?? ''
          const expected = [{ documentId: documentIds.get(`${topic} ${answer}`) ?? '', quote }]
          const hits = await search(to, question)
          const judge = (ranking: readonly Hit[]) =>
            judgeRanking(
              ranking.map((hit) => hit.passage),
              expected,
              ndcgDepth,
            )
          judged.push({
            asked,
            text: judge(rankedBy(hits, 'textRank')),
            vector: judge(rankedBy(hits, 'vectorRank')),
            hybrid: judge(hits),
          })
        }
      }
      return ['all', 'words', 'paraphrase'].flatMap((part) => {
        const some = judged.filter((one) => part === 'all' || one.asked === part)
        const value = (mode: (typeof modes)[number]) =>
          Math.round(meanFigures(some.map((one) => one[mode])).ndcg * 1_000) / 10
        return modes.map(
          (mode): Figure => ({
            suite: 'retrieval',
            name: `nDCG@10 ${mode}, ${part === 'all' ? '' : `${part}, `}${some.length} questions, ${kind}`,
            value: value(mode),
            unit: '%',
            // What hybrid search is for.
            ...(mode === 'hybrid' && part === 'all' ? { target: value('text'), atLeast: true } : {}),
          }),
        )
      })
    }),
  )
}

async function search(
  to: { url: string; accessToken: string; signal: AbortSignal },
  query: string,
): Promise<Hit[]> {
  const hits: Hit[] = []
  let cursor: string | null = null
  do {
    const answer: Response = await fetch(`${to.url}/api/v1/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${to.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, limit: depth, ...(cursor === null ? {} : { cursor }) }),
      signal: to.signal,
    })
    if (answer.status !== 200) throw new Error(`A search answered ${answer.status}.`)
    // The contract of the search.
    const page = (await answer.json()) as { data: Hit[]; nextCursor: string | null }
    hits.push(...page.data)
    cursor = page.nextCursor
  } while (cursor !== null)
  return hits
}

function rankedBy(hits: readonly Hit[], by: 'textRank' | 'vectorRank'): Hit[] {
  return hits.filter((hit) => hit[by] !== null).sort((a, b) => (a[by] ?? 0) - (b[by] ?? 0))
}
