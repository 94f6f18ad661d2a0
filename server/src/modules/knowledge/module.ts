import type { FreeholdModule } from '../../platform/module.ts'
import { recoverDocuments } from './actions/recover-documents.ts'
import type { LocalEmbedder } from './adapters/embeddings/local-embedder.ts'
import { documentRoutes } from './document-routes.ts'
import { goldRoutes } from './gold-routes.ts'
import { knowledgeJobs } from './jobs.ts'
import type { Knowledge } from './knowledge.ts'
import { documentData, goldQuestionData } from './personal-data.ts'
import { knowledgeRoutes } from './routes.ts'
import { searchRoutes } from './search-routes.ts'

export function knowledgeModule(knowledge: Knowledge, embedder: LocalEmbedder): FreeholdModule {
  const { storage } = knowledge.platform
  return {
    name: 'knowledge',
    routes: [
      ...documentRoutes(knowledge),
      ...knowledgeRoutes(knowledge),
      ...searchRoutes(knowledge),
      ...goldRoutes(knowledge),
    ],
    personalData: [documentData, goldQuestionData],
    jobs: knowledgeJobs(knowledge),
    subscriptions: [
      {
        // A file goes only once the deletion or the new version of its document is committed, and goes for certain.
        reader: 'knowledge.delete-files',
        types: ['document.deleted', 'document.replaced'],
        async handle({ data }) {
          if (typeof data.storageKey === 'string') await storage.delete(data.storageKey)
        },
      },
    ],
    stop: async () => {
      await Promise.all([embedder.close(), knowledge.web.close()])
    },
    recover: (aliveNodeIds) => recoverDocuments(knowledge, aliveNodeIds),
  }
}
