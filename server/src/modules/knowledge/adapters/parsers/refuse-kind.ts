import {
  documentCorrupted,
  documentEncrypted,
  documentTypeMismatch,
  documentTypeUnsupported,
  SUPPORTED_TYPES,
} from '../../errors.ts'
import { extensionOf } from '../../rules/sniff-media-type.ts'

const BINARY_KINDS = new Set(['pdf', 'docx', 'pptx', 'xlsx'])

/** A name that promises a kind over other content is a failed download or a mix-up, not a choice of ours. */
export function refuseMisnamed(fileName: string, found: string): void {
  const extension = extensionOf(fileName)
  if (!BINARY_KINDS.has(extension)) return
  throw misnamed(extension, found)
}

export function misnamed(extension: string, found: string): Error {
  return documentTypeMismatch({
    message: `This file is named .${extension}, but its content is ${found}. Upload the document itself, or rename it.`,
    details: { extension, found },
  })
}

/** Old Office files; new ones with a password are wrapped the same way, with a stream that says so. */
export function refuseCompound(bytes: Uint8Array): Error {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
    return documentEncrypted({
      message: 'This Office document is protected by a password. Remove the password and upload it again.',
    })
  }
  return unsupported('an Office document of the old format', 'Save it as DOCX, PPTX, XLSX or PDF.')
}

export async function refuseBinary(bytes: Uint8Array, fileName: string): Promise<Error> {
  await refuseNamedFormat(bytes)
  if (BINARY_KINDS.has(extensionOf(fileName))) return documentCorrupted()
  return unsupported('binary data of a kind we do not know')
}

/** Some formats are text that no one reads as text: RTF, PostScript, vCards. */
export async function refuseNamedFormat(bytes: Uint8Array): Promise<void> {
  const { fileTypeFromBuffer } = await import('file-type')
  const type = await fileTypeFromBuffer(bytes)
  if (type !== undefined && !type.mime.startsWith('text/'))
    throw unsupported(`${type.ext.toUpperCase()} (${type.mime})`)
}

export function unsupported(found: string, advice = ''): Error {
  return documentTypeUnsupported({
    message:
      `This file looks like ${found}, which cannot be read. ${advice} Supported are ${SUPPORTED_TYPES}.`.replace(
        / {2,}/g,
        ' ',
      ),
    details: { found, supported: SUPPORTED_TYPES },
  })
}
