import { createMemoryPlatform } from '../testing/memory-platform.ts'
export async function openApiDocument(): Promise<unknown> { return createMemoryPlatform }
