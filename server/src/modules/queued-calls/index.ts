export { type RememberedCaller, recallCaller } from './actions/recall-caller.ts'
export { chatQueue } from './chat-queue.ts'
export { createQueuedCalls } from './queued-calls.ts'
