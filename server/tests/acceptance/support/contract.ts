/** The API's shapes as its clients know them, written down by hand: the tests hold the server to these. */

export interface ErrorEnvelope {
  success: false
  error: { code: string; message: string; details: Record<string, unknown> }
  timestamp: string
  requestId: string
}

export interface Page<Item> {
  data: Item[]
  nextCursor: string | null
}

export interface Membership {
  id: string
  name: string
  slug: string
  role: string
}

export interface Session {
  user: { id: string; email: string; name: string; createdAt: string }
  organization: Membership | null
  organizations: Membership[]
  permissions: string[]
  accessToken: string
  refreshToken: string
  expiresIn: number
}

export interface Document {
  id: string
  collectionId: string
  name: string
  mediaType: string
  sizeBytes: number
  status: 'queued' | 'parsing' | 'embedding' | 'ready' | 'failed'
  progress: { done: number; total: number | null; unit: 'pages' | 'passages' }
  pageCount: number | null
  passageCount: number
  failure: { code: string; message: string; page: number | null } | null
  createdAt: string
  updatedAt: string
  createdBy: string | null
}

export interface Passage {
  id: string
  documentId: string
  documentName: string
  ordinal: number
  text: string
  page: number | null
  heading: string | null
  startOffset: number
  endOffset: number
}

export interface Citation {
  marker: number
  passageId: string
  documentId: string
  documentName: string
  page: number | null
  heading: string | null
  quote: string
  startOffset: number
  endOffset: number
}

export interface Receipt {
  requestId: string
  model: string
  provider: string
  isLanguageModel: boolean
  promptTokens: number
  cachedTokens: number
  completionTokens: number
  costNanos: string
  costUsd: string
  latencyMs: number
  timeToFirstTokenMs: number | null
  cache: 'miss' | 'hit'
  fallback: boolean
}

export interface Message {
  id: string
  conversationId: string
  role: 'user' | 'assistant'
  content: string
  status: 'complete' | 'streaming' | 'stopped' | 'failed' | 'interrupted'
  citations: Citation[]
  receipt: Receipt | null
  error: { code: string; message: string } | null
  createdAt: string
}

export interface Conversation {
  id: string
  title: string
  createdAt: string
  updatedAt: string
  lastMessagePreview: string | null
}

export interface Answer {
  conversation: { id: string; title: string }
  userMessage: Message
  message: Message
}

export interface UsageRecord {
  requestId: string
  createdAt: string
  purpose: 'chat' | 'embedding' | 'message' | 'assistant'
  model: string
  provider: string
  deployment: string
  apiKeyId: string | null
  userId: string | null
  promptTokens: number
  cachedTokens: number
  completionTokens: number
  reasoningTokens: number
  costNanos: string
  costUsd: string
  price: { version: string; inputNanosPerMillion: string; outputNanosPerMillion: string }
  latencyMs: number
  timeToFirstTokenMs: number | null
  status: 'ok' | 'error' | 'aborted' | 'interrupted'
  errorCode: string | null
  fallback: boolean
  cache: 'miss' | 'hit'
}

export interface Budget {
  id: string
  scope: 'organization'
  limitNanos: string
  limitUsd: string
  settledNanos: string
  heldNanos: string
  remainingNanos: string
  remainingUsd: string
  window: string
  hard: boolean
}

export interface Model {
  id: string
  name: string
  provider: string
  kind: 'chat' | 'embedding'
  isLanguageModel: boolean
  isDefault: boolean
  notice: string | null
}
