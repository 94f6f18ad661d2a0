import { describe } from 'vitest'
import { systemClock } from '../clock.ts'
import { callLimiterSuite } from './call-limiter.suite.ts'
import { createMemoryCallLimiter } from './call-limiter.ts'

describe('limits of calls in memory', () => {
  callLimiterSuite(async () => {
    const limiter = createMemoryCallLimiter({ clock: systemClock })
    return [limiter, limiter]
  })
})
