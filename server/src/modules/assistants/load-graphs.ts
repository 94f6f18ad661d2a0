let loaded: Promise<typeof import('./graphs/advance-graph.ts')> | undefined

/**
 * LangGraph, once a run needs it: at the start it would cost every process half a second and its memory. LangChain would
 * send what runs say to LangSmith where the environment names it; nothing of a run leaves by another way than the gateway,
 * so that is switched off before it is looked at.
 */
export function loadGraphs(): Promise<typeof import('./graphs/advance-graph.ts')> {
  for (const name of [
    'LANGSMITH_TRACING_V2',
    'LANGCHAIN_TRACING_V2',
    'LANGSMITH_TRACING',
    'LANGCHAIN_TRACING',
  ])
    process.env[name] = 'false'
  loaded ??= import('./graphs/advance-graph.ts')
  return loaded
}
