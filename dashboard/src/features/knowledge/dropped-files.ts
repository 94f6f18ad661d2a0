/** The files of a drop, with those inside dropped folders. Entries must be read before the event is over. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.length === 0) return [...transfer.files]
  const found = await Promise.all(entries.map(filesOf))
  return found.flat()
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) {
    const file = await new Promise<File | null>((resolve) => entry.file(resolve, () => resolve(null)))
    // Hidden files (.DS_Store and the like) are not what anyone means by dropping a folder.
    return file === null || file.name.startsWith('.') ? [] : [file]
  }
  if (!isDirectory(entry)) return []
  const reader = entry.createReader()
  const files: File[] = []
  while (true) {
    // A directory is read in batches until one is empty.
    const batch = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    )
    if (batch.length === 0) return files
    files.push(...(await Promise.all(batch.map(filesOf))).flat())
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
