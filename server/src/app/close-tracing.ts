const switches = ['LANGSMITH_TRACING_V2', 'LANGCHAIN_TRACING_V2', 'LANGSMITH_TRACING', 'LANGCHAIN_TRACING']

/**
 * LangChain sends what passes through it to LangSmith where the environment says so, and takes no other word for it. Nothing
 * that people write leaves this server by another way than they chose: the switches are put off before it is loaded.
 */
export function closeTracing(environment: NodeJS.ProcessEnv): void {
  for (const name of switches) environment[name] = 'false'
}
