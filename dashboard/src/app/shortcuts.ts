import { type NavigateOptions, useNavigate } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'
import { openOverlay } from './overlays.ts'
import { sections } from './sections.ts'
import { pickAndUpload } from './upload-picker.ts'

export interface Shortcut {
  keys: string
  label: string
  group: 'Anywhere' | 'Go to' | 'In a list' | 'In a conversation'
}

/** Every shortcut there is, as the sheet under `?` shows them. */
export const shortcuts: readonly Shortcut[] = [
  { keys: 'mod+k', label: 'Search, or run any action', group: 'Anywhere' },
  { keys: '?', label: 'This sheet', group: 'Anywhere' },
  { keys: '/', label: 'Search on this page', group: 'Anywhere' },
  { keys: 'n', label: 'New conversation', group: 'Anywhere' },
  { keys: 'u', label: 'Upload documents', group: 'Anywhere' },
  { keys: 'esc', label: 'Close what is open', group: 'Anywhere' },
  ...sections.map(
    (section): Shortcut => ({ keys: `g ${section.key}`, label: section.label, group: 'Go to' }),
  ),
  { keys: 'up', label: 'Row above', group: 'In a list' },
  { keys: 'down', label: 'Row below', group: 'In a list' },
  { keys: 'enter', label: 'Open the row', group: 'In a list' },
  { keys: 'enter', label: 'Send', group: 'In a conversation' },
  { keys: 'shift+enter', label: 'New line', group: 'In a conversation' },
  { keys: 'up', label: 'In an empty box: your last question again', group: 'In a conversation' },
  { keys: 'esc', label: 'Stop the answer', group: 'In a conversation' },
]

const storageKey = 'freehold.single-key-shortcuts'
let singleKeys = readSingleKeys()
const listeners = new Set<() => void>()

function readSingleKeys(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off'
  } catch {
    return true
  }
}

/** Single letters can be turned off: with speech input they fire by themselves. */
export function setSingleKeys(on: boolean): void {
  singleKeys = on
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off')
  } catch {
    // Then it holds for this page.
  }
  for (const listener of listeners) listener()
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => singleKeys,
  )
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}

/** `g` waits this long for its second key. */
const sequenceMs = 1000

export function useShortcuts(): void {
  const navigate = useNavigate()
  useEffect(() => {
    let goUntil = 0
    const go = (options: NavigateOptions): void => void navigate(options)
    function onKeyDown(event: KeyboardEvent): void {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openOverlay('palette')
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return
      if (!singleKeys || isTyping(event.target)) return
      if (document.querySelector('[role="dialog"][data-state="open"],[role="menu"],[role="listbox"]')) return
      if (event.timeStamp < goUntil) {
        goUntil = 0
        const section = sections.find((candidate) => candidate.key === event.key)
        if (section) {
          event.preventDefault()
          go({ to: section.to })
        }
        return
      }
      if (event.key === 'g') goUntil = event.timeStamp + sequenceMs
      else if (event.key === '?') openOverlay('shortcuts')
      else if (event.key === 'n')
        go({ to: '/chat/{-$conversationId}', params: { conversationId: undefined } })
      else if (event.key === 'u') pickAndUpload(() => go({ to: '/knowledge' }))
      else if (event.key === '/') {
        const box = document.querySelector<HTMLInputElement>('[data-page-search]')
        if (box) box.focus()
        else openOverlay('palette')
        event.preventDefault()
      }
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [navigate])
}
