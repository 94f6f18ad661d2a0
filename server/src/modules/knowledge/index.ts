export { type SearchHit, searchPassages } from './actions/search-passages.ts'
export { createLocalEmbedder, type LocalEmbedder } from './adapters/embeddings/local-embedder.ts'
export { findVisibleDocumentIds } from './collection-store.ts'
export { createKnowledge, type Knowledge } from './knowledge.ts'
