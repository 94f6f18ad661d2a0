import { z } from 'zod'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import { ingestDocument, ingestRetries } from './actions/ingest-document.ts'
import type { Knowledge } from './knowledge.ts'

/** What senders need to know of the job. */
export const ingestJob = { name: 'knowledge.ingest-document' } as const

export function knowledgeJobs(knowledge: Knowledge): AnyJob[] {
  return [
    defineJob({
      ...ingestJob,
      payload: z.object({ organizationId: z.uuid(), documentId: z.uuid() }),
      concurrency: 2,
      retryLimit: ingestRetries,
      expireInSeconds: 1_800,
      handle: (payload, run) => ingestDocument(knowledge, payload, run.signal),
    }),
  ]
}
