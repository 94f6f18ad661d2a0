/** What the server reads; it decides by the content, this only helps the file dialog. */
export const acceptedFiles =
  '.pdf,.docx,.pptx,.xlsx,.html,.htm,.md,.markdown,.txt,.csv,.tsv,.json,.jsonl,.ndjson,.eml,application/pdf,text/html,text/markdown,text/plain,text/csv,application/json,message/rfc822'

/** Opens the system's file dialog; `onChosen` runs once files were chosen and their upload has begun. */
export function pickAndUpload(onChosen?: () => void, collectionId?: string): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.accept = acceptedFiles
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])]
    if (files.length === 0) return
    // The upload queue belongs to a section that may not be loaded yet.
    void import('../features/knowledge/uploads.ts').then(({ addUploads }) => {
      addUploads(files, collectionId)
      onChosen?.()
    })
  })
  input.click()
}
