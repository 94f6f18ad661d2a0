import { documentEmpty, documentTypeMismatch, documentTypeUnsupported, SUPPORTED_TYPES } from '../errors.ts'
import { extensionOf, sniffContainer } from './sniff-media-type.ts'

/**
 * Refuses at once what can be seen from the first bytes; the rest is found when the document is read.
 * @throws document_empty, document_type_mismatch (422), document_type_unsupported (415)
 */
export function checkUpload(bytes: Uint8Array, name: string): void {
  if (bytes.byteLength === 0) throw documentEmpty()
  const container = sniffContainer(bytes)
  const extension = extensionOf(name)
  if (extension === 'pdf' && container !== 'pdf') {
    const found =
      container === 'zip' ? 'a ZIP archive' : container === 'text' ? 'plain text' : 'something else'
    throw documentTypeMismatch({
      message: `"${name}" is called a PDF, and its content is ${found}. Upload the document itself.`,
      details: { extension, container },
    })
  }
  if (container === 'binary' || container === 'compound') {
    throw documentTypeUnsupported({
      message: `"${name}" is a kind of file that cannot be read${container === 'compound' ? ' (an old or protected Office file; save it as DOCX, PPTX or XLSX)' : ''}. Supported are ${SUPPORTED_TYPES}.`,
      details: { extension, container },
    })
  }
}
