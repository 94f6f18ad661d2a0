export { createDiskStorage } from './disk-storage.ts'
export type { FileData, FileStorage, OpenFile, StoredFile } from './file-storage.ts'
export { createS3Storage, type S3StorageOptions } from './s3-storage.ts'
