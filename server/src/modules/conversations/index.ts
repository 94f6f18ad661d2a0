export { listOwnConversations } from './actions/list-own-conversations.ts'
export { deleteConversationsOf } from './store.ts'
