import { describe } from 'vitest'
import { createLogger } from '../telemetry/logger.ts'
import { createMemoryPubSub } from './memory-pub-sub.ts'
import { pubSubSuite } from './pub-sub.suite.ts'

describe('pub/sub in memory', () => {
  pubSubSuite(async () => {
    const pubSub = createMemoryPubSub({ log: createLogger({ level: 'silent', format: 'json' }) })
    return [pubSub, pubSub]
  })
})
