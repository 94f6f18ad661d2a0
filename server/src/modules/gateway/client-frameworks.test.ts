import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool as langChainTool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { country, mockedModels, setClientsStage } from './clients-on-mock.fixture.ts'

/** Frameworks that people build with, and a provider that is neither theirs nor ours. */
const on = setClientsStage()

const hello = 'Good day to you, dear caller.'
const rain = 'Rain in Oslo and Bergen.'
const cities = [{ city: 'Oslo' }, { city: 'Bergen' }]
const countrySchema = z.object({ name: z.string(), capital: z.string() })
const citySchema = z.object({ city: z.string() })

describe.each(mockedModels)('%s, by LangChain', (model) => {
  const chatOf = (useResponsesApi: boolean) =>
    new ChatOpenAI({
      model,
      apiKey: on.key,
      maxRetries: 0,
      useResponsesApi,
      configuration: { baseURL: `${on.url}/v1` },
    })
  const weather = langChainTool(async () => 'rain', {
    name: 'get_weather',
    description: 'The weather of a city',
    schema: citySchema,
  })

  describe.each([
    ['chats', false],
    ['responses', true],
  ])('over %s', (_, useResponsesApi) => {
    let chat: ChatOpenAI
    beforeEach(() => {
      chat = chatOf(useResponsesApi)
    })

    test('invokes and streams', async () => {
      const answer = await chat.invoke('Hello')
      expect(answer.text).toBe(hello)
      expect(answer.usage_metadata).toMatchObject({ input_tokens: 20, output_tokens: 7, total_tokens: 27 })
      let text = ''
      for await (const chunk of await chat.stream('Hello')) text += chunk.text
      expect(text).toBe(hello)
    })

    test('binds tools and takes their results', async () => {
      const bound = chat.bindTools([weather])
      const asked = new HumanMessage('The weather?')
      const calling = await bound.invoke([asked])
      expect(calling.tool_calls?.map(({ args }) => args)).toEqual(cities)
      const results = (calling.tool_calls ?? []).map(
        ({ id }) => new ToolMessage({ content: 'rain', tool_call_id: id ?? '' }),
      )
      expect((await bound.invoke([asked, calling, ...results])).text).toBe(rain)
    })

    test('answers in a structure', async () => {
      expect(await chat.withStructuredOutput(countrySchema).invoke('A country?')).toEqual(country)
    })
  })
})

describe.each(mockedModels)('%s, by the AI SDK of Vercel', (id) => {
  const modelOf = () =>
    createOpenAICompatible({
      name: 'freehold',
      baseURL: `${on.url}/v1`,
      apiKey: on.key,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(id)
  const tools = {
    get_weather: tool({ description: 'The weather', inputSchema: citySchema, execute: async () => 'rain' }),
  }

  test('generates and streams text, with its usage', async () => {
    const whole = await generateText({ model: modelOf(), prompt: 'Hello', maxRetries: 0 })
    expect(whole.text).toBe(hello)
    const streamed = streamText({ model: modelOf(), prompt: 'Hello', maxRetries: 0 })
    expect(await streamed.text).toBe(hello)
    for (const usage of [whole.usage, await streamed.usage])
      expect(usage).toMatchObject({ inputTokens: 20, outputTokens: 7 })
  })

  test('runs tools until it has its answer, whole and as a stream', async () => {
    const request = { prompt: 'The weather?', tools, stopWhen: stepCountIs(3), maxRetries: 0 }
    const whole = await generateText({ model: modelOf(), ...request })
    expect(whole.steps[0]?.toolCalls.map(({ input }) => input)).toEqual(cities)
    expect(whole.text).toBe(rain)
    const streamed = streamText({ model: modelOf(), ...request })
    expect(await streamed.text).toBe(rain)
  })

  test('generates an object', async () => {
    const { object } = await generateObject({
      model: modelOf(),
      schema: countrySchema,
      prompt: 'A country?',
      maxRetries: 0,
    })
    expect(object).toEqual(country)
  })
})
