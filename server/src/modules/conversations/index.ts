export { deleteConversationsOf } from './store.ts'
