export { findReadablePassageIds } from './actions/find-readable-passage-ids.ts'
export { type SearchHit, searchPassages } from './actions/search-passages.ts'
export { createLocalEmbedder, type LocalEmbedder } from './adapters/embeddings/local-embedder.ts'
export { createKnowledge, type Knowledge } from './knowledge.ts'
