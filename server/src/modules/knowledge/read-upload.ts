import { bodyTooLarge, malformedJson, unsupportedMediaType, validationFailed } from '../../platform/errors.ts'
import { readBytes } from '../../platform/http/parse-input.ts'
import { isId } from '../../platform/ids.ts'
import type { Upload } from './actions/upload-document.ts'
import { uploadWithoutFile } from './errors.ts'

const longestName = 255

/**
 * The file of a multipart upload.
 * @throws unsupported_media_type (415), body_too_large (413), upload_without_file, validation_failed (400)
 */
export async function readUpload(
  request: Request,
  bodyLimitBytes: number,
  fileLimitBytes: number,
): Promise<Upload> {
  const type = request.headers.get('content-type') ?? ''
  if (!type.toLowerCase().startsWith('multipart/form-data')) {
    throw unsupportedMediaType({
      message: `This endpoint takes multipart/form-data with the document in the field "file", not ${type || 'nothing'}.`,
      details: { accepted: ['multipart/form-data'] },
    })
  }
  const body = await readBytes(request, bodyLimitBytes)
  const form = await readForm(body, type)
  const file = form.get('file')
  if (!(file instanceof File)) throw uploadWithoutFile()
  if (file.size > fileLimitBytes) {
    throw bodyTooLarge({
      message: `The file has ${file.size} bytes; at most ${fileLimitBytes} are accepted. Split it and upload the parts.`,
      details: { limitBytes: fileLimitBytes },
    })
  }
  return {
    name: cleanName(file.name),
    mediaType: file.type || 'application/octet-stream',
    bytes: new Uint8Array(await file.arrayBuffer()),
    collectionId: collectionOf(form),
  }
}

async function readForm(body: Uint8Array, type: string): Promise<FormData> {
  try {
    // Uint8Array is a body; the DOM types ask for one that is not shared memory, which readBytes never makes.
    return await new Response(body as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': type },
    }).formData()
  } catch (error) {
    throw malformedJson({
      message: 'The multipart body could not be read. Check that it has a boundary and was sent whole.',
      cause: error,
    })
  }
}

function collectionOf(form: FormData): string | undefined {
  const value = form.get('collectionId')
  if (value === null || value === '') return undefined
  if (typeof value === 'string' && isId(value)) return value
  throw validationFailed({
    message: 'The request is not valid: body field "collectionId": Invalid UUID.',
    details: { problems: [{ in: 'body', field: 'collectionId', message: 'Invalid UUID' }] },
  })
}

/** The last part of a path, without what could confuse a terminal or a page. */
function cleanName(name: string): string {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  const clean = last.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim()
  return [...clean].slice(-longestName).join('') || 'document'
}
