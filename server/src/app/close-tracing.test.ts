import { CallbackManager } from '@langchain/core/callbacks/manager'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { closeTracing } from './close-tracing.ts'

const names = ['LANGSMITH_TRACING_V2', 'LANGCHAIN_TRACING_V2', 'LANGSMITH_TRACING', 'LANGCHAIN_TRACING']
beforeEach(() => {
  for (const name of names) vi.stubEnv(name, 'true')
})
afterEach(() => vi.unstubAllEnvs())

test('LangChain traces nothing, whatever the environment says', () => {
  const tracers = () => CallbackManager.configure()?.handlers.map(({ name }) => name) ?? []
  expect(tracers()).toContain('langchain_tracer')
  closeTracing(process.env)
  expect(tracers()).toEqual([])
})
