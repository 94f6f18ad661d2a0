import { useState } from 'react'

/** A choice that is remembered in this browser. */
export function useStored(key: string): [string | undefined, (value: string | undefined) => void] {
  const [value, setValue] = useState<string | undefined>(() => read(localStorage, key))
  return [
    value,
    (next) => {
      setValue(next)
      write(localStorage, key, next)
    },
  ]
}

/** What is being written and not yet sent; it survives a reload and an ended session. */
export function readDraft(conversationId: string | undefined): string {
  return read(sessionStorage, draftKey(conversationId)) ?? ''
}

export function writeDraft(conversationId: string | undefined, text: string): void {
  write(sessionStorage, draftKey(conversationId), text || undefined)
}

function draftKey(conversationId: string | undefined): string {
  return `freehold.draft.${conversationId ?? 'new'}`
}

function read(storage: Storage, key: string): string | undefined {
  try {
    return storage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function write(storage: Storage, key: string, value: string | undefined): void {
  try {
    if (value === undefined) storage.removeItem(key)
    else storage.setItem(key, value)
  } catch {
    // Refused storage only means that it is not remembered.
  }
}
