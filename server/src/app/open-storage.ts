import path from 'node:path'
import { type Config, dataDirectory } from '../platform/config.ts'
import { createDiskStorage, createS3Storage, type FileStorage } from '../platform/storage/index.ts'

/** Files in S3 when it is configured, else on disk beside the embedded database. */
export async function openStorage(config: Config): Promise<FileStorage> {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = config
  if (S3_ENDPOINT && S3_BUCKET && S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY) {
    return createS3Storage({
      endpoint: S3_ENDPOINT,
      region: config.S3_REGION,
      bucket: S3_BUCKET,
      accessKeyId: S3_ACCESS_KEY_ID,
      secretAccessKey: S3_SECRET_ACCESS_KEY,
    })
  }
  return createDiskStorage({ directory: path.join(dataDirectory(config), 'files') })
}
