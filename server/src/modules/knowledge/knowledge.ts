import path from 'node:path'
import { type Config, dataDirectory } from '../../platform/config.ts'
import { type Caller, systemCaller } from '../../platform/context.ts'
import { createGuardedFetch } from '../../platform/fetch/index.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { embedTexts, type Gateway } from '../gateway/index.ts'
import { createWebReader, type WebReader } from './adapters/web/web-reader.ts'

/** What the actions of this module share. */
export interface Knowledge {
  readonly platform: Platform
  readonly gateway: Gateway
  /** Reads pages of the public internet. */
  readonly web: WebReader
  /** The space that texts are embedded in now. */
  embeddingSpace(): string
  /** Embeds texts in the installation's embedding space, metered like every call. */
  embed(
    caller: Caller,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<{ space: string; vectors: number[][] }>
}

export function createKnowledge(platform: Platform, gateway: Gateway): Knowledge {
  return {
    platform,
    gateway,
    web: createWebReader(createGuardedFetch(), platform.clock),
    embeddingSpace: () => gateway.resolve(undefined, 'embedding').id,
    async embed(caller, texts, signal) {
      const space = this.embeddingSpace()
      const { result } = await embedTexts(gateway, caller, {
        tag: null,
        requestId: newId(),
        body: { model: space, input: [...texts] },
        signal,
      })
      // An OpenAI embeddings list with floats, as no other encoding was asked for.
      const { data } = result.body as { data: { embedding: number[] }[] }
      return { space, vectors: data.map((item) => item.embedding) }
    },
  }
}

/** The caller of ingestion: the organization itself, on behalf of who uploaded. */
export function ingestCaller(organizationId: string, userId: string | null): Caller {
  return systemCaller(organizationId, newId(), userId, ['use:models'])
}

/** Where documents stand while they are read, in a folder for each node: a killed one's is removed by the others. */
export function readingFolder(config: Config): string {
  return path.join(dataDirectory(config), 'reading')
}

export const defaultCollectionName = 'Library'
