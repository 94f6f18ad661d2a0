import { FileDown } from 'lucide-react'
import { useEffect, useState } from 'react'
import { droppedFiles } from './dropped-files.ts'
import { addUploads } from './uploads.ts'

/** While it is mounted, files may be dropped anywhere on the page. */
export function DropZone({ collectionId, into }: { collectionId?: string | undefined; into: string }) {
  const [over, setOver] = useState(false)

  useEffect(() => {
    // dragenter and dragleave fire for every element on the way: only their balance tells whether the page was left.
    let depth = 0
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    function onEnter(event: DragEvent): void {
      if (!carriesFiles(event)) return
      depth += 1
      setOver(true)
    }
    function onLeave(event: DragEvent): void {
      if (!carriesFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    function onOver(event: DragEvent): void {
      if (carriesFiles(event)) event.preventDefault()
    }
    function onDrop(event: DragEvent): void {
      if (!carriesFiles(event) || !event.dataTransfer) return
      event.preventDefault()
      depth = 0
      setOver(false)
      void droppedFiles(event.dataTransfer).then((files) => addUploads(files, collectionId))
    }
    window.addEventListener('dragenter', onEnter)
    window.addEventListener('dragleave', onLeave)
    window.addEventListener('dragover', onOver)
    window.addEventListener('drop', onDrop)
    return () => {
      window.removeEventListener('dragenter', onEnter)
      window.removeEventListener('dragleave', onLeave)
      window.removeEventListener('dragover', onOver)
      window.removeEventListener('drop', onDrop)
    }
  }, [collectionId])

  if (!over) return null
  return (
    <div className="animate-fade pointer-events-none absolute inset-3 z-30 flex items-center justify-center rounded-md border-2 border-dashed border-accent bg-paper/90">
      <p className="flex items-center gap-3 text-md font-medium text-accent-ink">
        <FileDown className="size-5" aria-hidden /> Drop to add to {into}
      </p>
    </div>
  )
}
