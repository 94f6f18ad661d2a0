import type { GraphName } from '../definition.ts'

/** A graph whose nodes change gets a new version; runs that were begun with an older one go on with that. */
const newest: Readonly<Record<GraphName, number>> = { retrieval: 1, 'project-assistant': 1 }

/** The version that new runs are pinned to. */
export function newestGraphVersion(graph: GraphName): number {
  return newest[graph]
}
