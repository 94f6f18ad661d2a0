import { useSyncExternalStore } from 'react'
import { toast } from 'sonner'
import { messageOf } from './api.ts'

// States of a deletion: waiting (hidden here, untouched on the server) → running → gone, or back where it was after
// an undo or a refusal. Leaving the page while it waits carries it out at once: what was asked for is not forgotten.

interface Waiting {
  timer: ReturnType<typeof setTimeout>
  run: () => Promise<void>
}

const undoMs = 6000
const waiting = new Map<string, Waiting>()
let hidden: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()

function setHidden(id: string, isHidden: boolean): void {
  const next = new Set(hidden)
  if (isHidden) next.add(id)
  else next.delete(id)
  hidden = next
  for (const listener of listeners) listener()
}

/** The ids that the page must not show: their deletion waits for its undo, or runs. */
export function useHiddenIds(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => hidden,
  )
}

/** Hides the thing now and deletes it when the time for undoing has passed. */
export function deleteWithUndo(options: {
  id: string
  /** What happened, in the words of the thing: “Handbook.pdf” deleted. */
  title: string
  /** What is lost with it. */
  description?: string
  run: () => Promise<unknown>
  /** After the server agreed: drop the thing from what is cached. It stays hidden until this is done. */
  onDeleted?: () => unknown
}): void {
  const { id } = options
  setHidden(id, true)
  const run = async (): Promise<void> => {
    waiting.delete(id)
    try {
      await options.run()
      await options.onDeleted?.()
    } catch (error) {
      toast.error('It could not be deleted', { description: messageOf(error) })
    } finally {
      setHidden(id, false)
    }
  }
  waiting.set(id, { run, timer: setTimeout(() => void run(), undoMs) })
  toast(options.title, {
    description: options.description,
    duration: undoMs,
    action: {
      label: 'Undo',
      onClick: () => {
        const pending = waiting.get(id)
        if (!pending) return
        clearTimeout(pending.timer)
        waiting.delete(id)
        setHidden(id, false)
      },
    },
  })
}

window.addEventListener('pagehide', () => {
  for (const pending of waiting.values()) {
    clearTimeout(pending.timer)
    void pending.run()
  }
})
