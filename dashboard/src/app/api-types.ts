// The shapes of the HTTP contract as the dashboard uses them. Hand-written mirror, kept in this one file so that
// the types generated from the OpenAPI document can take its place.

export type Role = 'owner' | 'admin' | 'member' | 'guest'

export interface Page<Item> {
  data: Item[]
  nextCursor: string | null
}

export interface OrganizationSummary {
  id: string
  name: string
  slug: string
  role: Role
}

export interface Session {
  user: { id: string; email: string; name: string; createdAt: string }
  organization: OrganizationSummary | null
  organizations: OrganizationSummary[]
  permissions: string[]
}

export interface Member {
  userId: string
  email: string
  name: string
  role: Role
  joinedAt: string
}

export interface ApiKey {
  id: string
  name: string
  prefix: string
  createdAt: string
  createdBy: { id: string; name: string } | null
  lastUsedAt: string | null
  expiresAt: string | null
  revokedAt: string | null
}

export interface ActivityEntry {
  id: string
  action: string
  actor: { kind: string; id: string | null; name: string | null }
  entity: { type: string; id: string | null }
  changes: Record<string, unknown> | null
  ip: string | null
  createdAt: string
}

export interface Model {
  id: string
  name: string
  provider: string
  kind: 'chat' | 'embedding'
  isLanguageModel: boolean
  contextTokens: number
  inputNanosPerMillion: string
  outputNanosPerMillion: string
  isDefault: boolean
  notice: string | null
}

export interface UsageTotals {
  calls: number
  promptTokens: number
  completionTokens: number
  costNanos: string
  costUsd: string
}

export interface UsageDay extends UsageTotals {
  day: string
  model: string
}

export interface UsageRecord {
  requestId: string
  createdAt: string
  purpose: 'chat' | 'embedding' | 'message'
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
  price: {
    version: string
    inputNanosPerMillion: string
    cachedInputNanosPerMillion: string
    outputNanosPerMillion: string
  }
  latencyMs: number
  timeToFirstTokenMs: number | null
  status: 'ok' | 'error' | 'aborted' | 'interrupted'
  errorCode: string | null
  fallback: boolean
  cache: 'miss' | 'hit'
}

export type BudgetWindow = 'day' | 'month' | 'lifetime'

export interface Budget {
  id: string
  scope: 'organization'
  limitNanos: string
  limitUsd: string
  settledNanos: string
  heldNanos: string
  remainingNanos: string
  remainingUsd: string
  window: BudgetWindow
  hard: boolean
  windowStartedAt: string
  resetsAt: string | null
}

export interface Collection {
  id: string
  name: string
  documentCount: number
  createdAt: string
}

export type DocumentStatus = 'queued' | 'parsing' | 'embedding' | 'ready' | 'failed'

export interface KnowledgeDocument {
  id: string
  collectionId: string
  name: string
  mediaType: string
  sizeBytes: number
  status: DocumentStatus
  progress: { done: number; total: number | null; unit: 'pages' | 'passages' }
  pageCount: number | null
  passageCount: number
  failure: { code: string; message: string; page: number | null } | null
  createdAt: string
  updatedAt: string
  createdBy: string | { id: string; name: string } | null
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

export interface PassageInContext extends Passage {
  before: string
  after: string
}

export interface SearchHit {
  passage: Passage
  score: number
  textRank: number | null
  vectorRank: number | null
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

// The paths, in the form openapi-typescript generates them.

type Operation<Result, Path = never, Query = never, Body = never> = {
  parameters: ([Path] extends [never] ? { path?: never } : { path: Path }) &
    ([Query] extends [never] ? { query?: never } : { query?: Query }) & { header?: never; cookie?: never }
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Result } } }
} & ([Body] extends [never]
  ? { requestBody?: never }
  : { requestBody: { content: { 'application/json': Body } } })

type Id = { id: string }
type Paging = { limit?: number | undefined; cursor?: string | undefined }

export interface paths {
  '/api/v1/auth/signup': {
    post: Operation<
      Session,
      never,
      never,
      { email: string; password: string; name: string; organizationName?: string }
    >
  }
  '/api/v1/auth/signin': { post: Operation<Session, never, never, { email: string; password: string }> }
  '/api/v1/auth/signout': { post: Operation<undefined> }
  '/api/v1/auth/switch': { post: Operation<Session, never, never, { organizationId: string }> }
  '/api/v1/auth/session': { get: Operation<Session> }
  '/api/v1/user/profile': { patch: Operation<unknown, never, never, { name: string }> }
  '/api/v1/organizations': {
    get: Operation<Page<OrganizationSummary>>
    post: Operation<OrganizationSummary, never, never, { name: string }>
  }
  '/api/v1/organizations/{id}': { patch: Operation<OrganizationSummary, Id, never, { name: string }> }
  '/api/v1/organizations/{id}/members': {
    get: Operation<Page<Member>, Id, Paging>
    post: Operation<Member, Id, never, { email: string; role: Role }>
  }
  '/api/v1/organizations/{id}/members/{userId}': {
    patch: Operation<Member, Id & { userId: string }, never, { role: Role }>
    delete: Operation<undefined, Id & { userId: string }>
  }
  '/api/v1/api-keys': {
    get: Operation<Page<ApiKey>, never, Paging>
    post: Operation<ApiKey & { key: string }, never, never, { name: string; expiresAt?: string }>
  }
  '/api/v1/api-keys/{id}': { delete: Operation<undefined, Id> }
  '/api/v1/activity': { get: Operation<Page<ActivityEntry>, never, Paging> }
  '/api/v1/models': { get: Operation<{ data: Model[] }> }
  '/api/v1/usage': {
    get: Operation<{ data: UsageDay[]; totals: UsageTotals }, never, { from: string; to: string }>
  }
  '/api/v1/usage/records': { get: Operation<Page<UsageRecord>, never, Paging> }
  '/api/v1/usage/{requestId}': { get: Operation<UsageRecord, { requestId: string }> }
  '/api/v1/budgets': { get: Operation<Page<Budget>> }
  '/api/v1/budgets/organization': {
    put: Operation<Budget, never, never, { limitUsd: string; window: BudgetWindow; hard: boolean }>
    delete: Operation<undefined>
  }
  '/api/v1/collections': {
    get: Operation<Page<Collection>, never, Paging>
    post: Operation<Collection, never, never, { name: string }>
  }
  '/api/v1/documents': {
    get: Operation<
      Page<KnowledgeDocument>,
      never,
      Paging & {
        collectionId?: string | undefined
        status?: DocumentStatus | undefined
        q?: string | undefined
      }
    >
  }
  '/api/v1/documents/{id}': {
    get: Operation<KnowledgeDocument, Id>
    delete: Operation<undefined, Id>
  }
  '/api/v1/documents/{id}/retry': { post: Operation<KnowledgeDocument, Id> }
  '/api/v1/documents/{id}/passages': { get: Operation<Page<Passage>, Id, Paging> }
  '/api/v1/search': {
    post: Operation<
      { data: SearchHit[] },
      never,
      never,
      { query: string; limit?: number; collectionIds?: string[]; documentIds?: string[] }
    >
  }
  '/api/v1/passages/{id}': { get: Operation<PassageInContext, Id> }
  '/api/v1/messages/{id}/stop': { post: Operation<Message, Id> }
  '/api/v1/conversations': {
    get: Operation<Page<Conversation>, never, Paging & { q?: string | undefined }>
  }
  '/api/v1/conversations/{id}': {
    get: Operation<Conversation, Id>
    patch: Operation<Conversation, Id, never, { title: string }>
    delete: Operation<undefined, Id>
  }
  '/api/v1/conversations/{id}/messages': { get: Operation<Page<Message>, Id, Paging> }
}
