export { insertApiKey } from './store.ts'
