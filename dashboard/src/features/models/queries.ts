import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import type { Model } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'

export const modelsQuery = queryOptions({
  queryKey: ['models', 'list'],
  queryFn: () => take(api.GET('/api/v1/models')),
  staleTime: 5 * 60_000,
  select: (page) => page.data,
})

export interface ChatModels {
  /** What a person can ask. */
  chat: Model[]
  default: Model | undefined
  /** Whether any of them is a language model; undefined while not known. */
  connected: boolean | undefined
}

export function useChatModels(): ChatModels {
  const { data } = useQuery({ ...modelsQuery, enabled: useCan('read:models') })
  const chat = (data ?? []).filter((model) => model.kind === 'chat')
  return {
    chat,
    default: chat.find((model) => model.isDefault) ?? chat[0],
    connected: data ? chat.some((model) => model.isLanguageModel) : undefined,
  }
}

export const modelHealthQuery = queryOptions({
  queryKey: ['models', 'health'],
  queryFn: () => take(api.GET('/api/v1/models/health')),
  refetchInterval: 10_000,
  select: (page) => page.data,
})

export const aliasesQuery = queryOptions({
  queryKey: ['models', 'aliases'],
  queryFn: () => take(api.GET('/api/v1/model-aliases')),
  select: (page) => page.data,
})

export const providerKeysQuery = queryOptions({
  queryKey: ['models', 'provider-keys'],
  queryFn: () => take(api.GET('/api/v1/provider-keys')),
  select: (page) => page.data,
})
