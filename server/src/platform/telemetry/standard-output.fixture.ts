import { createLogger } from './logger.ts'

/** Says some lines and ends at once, in the turn in which it said the last. */
const log = createLogger({ level: 'info', format: 'json' })
log.info({ line: 1 }, 'first')
setTimeout(() => {
  log.info({ line: 2 }, 'second')
  log.error({ line: 3 }, 'last words')
  process.exit(3)
}, 20)
