let loaded: Promise<typeof import('./graphs/advance-graph.ts')> | undefined

/** LangGraph, once a run needs it: at the start it would cost every process its time and memory. */
export function loadGraphs(): Promise<typeof import('./graphs/advance-graph.ts')> {
  loaded ??= import('./graphs/advance-graph.ts')
  return loaded
}
