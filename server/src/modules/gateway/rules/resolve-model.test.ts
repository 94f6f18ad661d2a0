import { describe, expect, it } from 'vitest'
import type { ListedModel } from '../adapters/provider.ts'
import { buildModelDirectory, type ConfiguredProvider, catalogueModels } from './catalogue.ts'
import { chooseDefaultModel, resolveModel } from './resolve-model.ts'

const local: ConfiguredProvider = { id: 'local', models: 'catalogue', listed: null }
const openrouter: ConfiguredProvider = { id: 'openrouter', models: 'catalogue', listed: null }
const openai: ConfiguredProvider = { id: 'openai', models: 'catalogue', listed: null }
const named = (id: string): ListedModel => ({
  id,
  contextTokens: null,
  maxOutputTokens: null,
  inputNanosPerMillion: null,
  outputNanosPerMillion: null,
})
const ollama = (...ids: string[]): ConfiguredProvider => ({
  id: 'ollama',
  models: 'own',
  listed: ids.map(named),
})

function resolve(name: string, kind: 'chat' | 'embedding', ...providers: ConfiguredProvider[]) {
  const resolved = resolveModel(name, kind, buildModelDirectory(providers))
  return resolved.found ? resolved.deployment : resolved
}

describe('resolving a model', () => {
  it('finds the local model with no provider configured, at no price and with its notice', () => {
    expect(resolve('local/extractive', 'chat', local)).toMatchObject({
      providerId: 'local',
      deploymentModel: 'extractive',
      isLanguageModel: false,
      priceKnown: true,
      price: { inputNanosPerMillion: 0n, outputNanosPerMillion: 0n },
      notice: expect.stringMatching(/not a language model/i),
    })
  })

  it.each([
    ['openai/gpt-4o-mini', [openrouter, local], 'openrouter', 'openai/gpt-4o-mini'],
    ['gpt-4o-mini', [openrouter, local], 'openrouter', 'openai/gpt-4o-mini'],
    ['claude-sonnet-4.5', [openrouter, local], 'openrouter', 'anthropic/claude-sonnet-4.5'],
    ['openrouter/openai/gpt-4o-mini', [openrouter, openai], 'openrouter', 'openai/gpt-4o-mini'],
    ['gpt-4o-mini', [openrouter, openai], 'openai', 'gpt-4o-mini'],
    ['openai/gpt-4o-mini', [openai, local], 'openai', 'gpt-4o-mini'],
    ['openai/gpt-4o-mini', [openrouter, openai], 'openrouter', 'openai/gpt-4o-mini'],
  ] as const)('finds %s where it is configured', (name, providers, providerId, deploymentModel) => {
    expect(resolve(name, 'chat', ...providers)).toMatchObject({
      providerId,
      deploymentModel,
      priceKnown: true,
      price: { inputNanosPerMillion: 150_000_000n * (name.includes('claude') ? 20n : 1n) },
    })
  })

  it('finds no model of a provider that is not configured', () => {
    expect(resolve('openai/gpt-4o-mini', 'chat', local)).toMatchObject({
      found: false,
      reason: 'unknown',
      nearest: [],
    })
  })

  it.each([
    ['gpt4o-mini', 'openai/gpt-4o-mini'],
    ['openai/gpt-4o-mni', 'openai/gpt-4o-mini'],
    ['claude-sonnet', 'anthropic/claude-sonnet-4.5'],
    ['Gemini-2.5-Flash', 'google/gemini-2.5-flash'],
  ])('suggests the nearest names for %s', (name, nearest) => {
    const resolved = resolve(name, 'chat', openrouter, local)
    expect(resolved).toMatchObject({
      found: false,
      reason: 'unknown',
      nearest: expect.arrayContaining([nearest]),
    })
    expect('message' in resolved && resolved.message).toContain(`Did you mean '`)
  })

  it('suggests nothing for a name like no other, and shows no more of a long one than needed', () => {
    const resolved = resolve('z'.repeat(100_000), 'chat', openrouter, openai, local)
    expect(resolved).toMatchObject({ found: false, nearest: [] })
    expect('message' in resolved && resolved.message.length).toBeLessThan(250)
  })

  it('serves any model that the operator’s own server lists, with its price marked as unknown', () => {
    expect(resolve('llama3.2:3b', 'chat', ollama('llama3.2:3b', 'nomic-embed-text'), local)).toMatchObject({
      providerId: 'ollama',
      deploymentModel: 'llama3.2:3b',
      priceKnown: false,
      price: { inputNanosPerMillion: 0n, outputNanosPerMillion: 0n },
    })
    expect(resolve('ollama/nomic-embed-text', 'embedding', ollama('nomic-embed-text'), local)).toMatchObject({
      kind: 'embedding',
    })
    expect(resolve('mistral', 'chat', ollama('llama3.2:3b'), local)).toMatchObject({ found: false })
  })

  it('believes the caller about what a model of the operator’s own server is for', () => {
    expect(resolve('embedder-chat', 'chat', ollama('embedder-chat'), local)).toMatchObject({
      kind: 'chat',
      isLanguageModel: true,
    })
  })

  it('passes any name on to the operator’s own server while its list is unread', () => {
    const unread: ConfiguredProvider = { id: 'openai', models: 'own', listed: null }
    expect(resolve('my-model', 'chat', unread, local)).toMatchObject({
      providerId: 'openai',
      deploymentModel: 'my-model',
      priceKnown: false,
    })
    expect(resolve('openai/my/model', 'chat', unread, local)).toMatchObject({ deploymentModel: 'my/model' })
    expect(resolve('gpt-4o-mini', 'chat', unread, local)).toMatchObject({ priceKnown: false })
    expect(resolve('', 'chat', unread, local)).toMatchObject({ found: false })
  })

  it('serves what a paid provider’s list prices, and leaves out what it does not price', () => {
    const priced = {
      ...named('vendor/new'),
      inputNanosPerMillion: 5n,
      outputNanosPerMillion: 7n,
      contextTokens: 1_000,
    }
    const listing = {
      ...openrouter,
      listed: [priced, named('vendor/unpriced'), { ...priced, id: 'openai/gpt-4o-mini' }],
    }
    expect(resolve('vendor/new', 'chat', listing)).toMatchObject({
      priceKnown: true,
      contextTokens: 1_000,
      price: { outputNanosPerMillion: 7n },
    })
    expect(resolve('vendor/unpriced', 'chat', listing)).toMatchObject({ found: false })
    expect(resolve('openai/gpt-4o-mini', 'chat', listing)).toMatchObject({
      price: { inputNanosPerMillion: 150_000_000n },
    })
  })

  it('says what is wrong when an embedding model is asked to chat, and the other way round', () => {
    expect(resolve('local/embedding', 'chat', local)).toMatchObject({
      found: false,
      reason: 'wrong_kind',
      message: "The model 'local/embedding' makes embeddings and does not chat.",
    })
    expect(resolve('gpt-4o', 'embedding', openai)).toMatchObject({ found: false, reason: 'wrong_kind' })
  })
})

describe('the default model', () => {
  const choose = (kind: 'chat' | 'embedding', ...providers: ConfiguredProvider[]) =>
    chooseDefaultModel(kind, buildModelDirectory(providers))?.id

  it('is the local one until a provider is configured', () => {
    expect(choose('chat', local)).toBe('local/extractive')
    expect(choose('chat', openrouter, local)).toBe('openai/gpt-4o-mini')
    expect(choose('chat', openai, local)).toBe('gpt-4o-mini')
    expect(choose('chat', ollama('nomic-embed-text', 'llama3.2'), local)).toBe('llama3.2')
    expect(choose('chat')).toBeUndefined()
  })

  it('embeds in this server, whatever is configured', () => {
    expect(choose('embedding', openrouter, openai, local)).toBe('local/embedding')
  })
})

describe('the catalogue', () => {
  it('names every model of a provider once', () => {
    const names = catalogueModels.map((model) => `${model.provider} ${model.id}`)
    expect(new Set(names).size).toBe(names.length)
  })

  it('has prices in order: cached ≤ input ≤ cache write, and dearer in a long context', () => {
    for (const { id, price, provider } of catalogueModels) {
      const {
        cachedInputNanosPerMillion: cached,
        inputNanosPerMillion: input,
        cacheWriteNanosPerMillion: write,
        longContext,
      } = price
      expect([id, cached <= input, input <= write, provider === 'local' || input > 0n]).toEqual([
        id,
        true,
        true,
        true,
      ])
      if (longContext)
        expect(
          longContext.inputNanosPerMillion > input &&
            longContext.outputNanosPerMillion > price.outputNanosPerMillion,
        ).toBe(true)
    }
  })

  it('lets no model write more than it can hold', () => {
    for (const model of catalogueModels)
      expect(model.maxOutputTokens ?? 0).toBeLessThanOrEqual(model.contextTokens)
  })
})
