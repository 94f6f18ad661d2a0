export { apiKeyPrefix, generateApiKey, parseApiKey } from './api-key-format.ts'
export {
  type CellAddress,
  createKeyRing,
  type DataKey,
  dataKeyIdOf,
  decrypt,
  decryptText,
  encrypt,
  type KeyRing,
  type MasterKeys,
} from './key-ring.ts'
export { loadOrCreateMasterKey, parseMasterKeys } from './master-key.ts'
export { hashToken, randomToken, safeEqual } from './tokens.ts'
