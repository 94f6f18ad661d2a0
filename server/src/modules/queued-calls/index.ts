export { chatQueue } from './chat-queue.ts'
