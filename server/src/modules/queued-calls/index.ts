export { chatQueue } from './chat-queue.ts'
export { createQueuedCalls } from './queued-calls.ts'
