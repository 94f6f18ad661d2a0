import { ArrowUp, Square } from 'lucide-react'
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import type { Model } from '../../app/api-types.ts'
import { openOverlay } from '../../app/overlays.ts'
import { Button } from '../../ui/button.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'
import { ModelPicker } from './model-picker.tsx'
import { ScopePicker } from './scope-picker.tsx'
import { readDraft, writeDraft } from './stored.ts'

export interface ComposerHandle {
  fill: (text: string) => void
}

/** Where a question is written. Enter sends, Shift+Enter breaks the line, Escape stops the answer. */
export function Composer({
  ref,
  conversationId,
  initialText,
  models,
  model,
  onModel,
  scope,
  onScope,
  answering,
  stopping,
  onEditLast,
  onSend,
  onStop,
}: {
  ref: Ref<ComposerHandle>
  conversationId: string | undefined
  initialText: string | undefined
  models: Model[]
  model: Model | undefined
  onModel: (modelId: string) => void
  scope: string | undefined
  onScope: (collectionId: string | undefined) => void
  answering: boolean
  stopping: boolean
  onEditLast: () => void
  onSend: (text: string) => void
  onStop: () => void
}) {
  const [text, setText] = useState(() => initialText ?? readDraft(conversationId))
  const box = useRef<HTMLTextAreaElement>(null)

  useEffect(() => writeDraft(conversationId, text), [conversationId, text])
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    // Grows with what is written up to its CSS limit, then scrolls. Measured at every change of the text.
    element.style.height = '0'
    element.style.height = `${text === '' ? 28 : element.scrollHeight}px`
  }, [text])
  useEffect(() => {
    // A touch keyboard that opens by itself would hide what there is to read.
    const element = box.current
    if (!element || matchMedia('(pointer: coarse)').matches) return
    element.focus()
    element.setSelectionRange(element.value.length, element.value.length)
  }, [])
  useImperativeHandle(ref, () => ({
    fill(next) {
      setText(next)
      box.current?.focus()
    },
  }))

  const canSend = text.trim() !== '' && !answering
  function send(): void {
    if (!canSend) return
    onSend(text.trim())
    setText('')
  }

  return (
    <div className="mx-auto w-full max-w-180 px-4 pb-3 md:px-6">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
        className="rounded-md border border-field bg-raised transition-shadow focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/25"
      >
        <textarea
          ref={box}
          rows={1}
          aria-label="Your question"
          placeholder="Ask your documents"
          value={text}
          maxLength={32_000}
          enterKeyHint="send"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault()
              send()
            } else if (event.key === 'ArrowUp' && text === '' && !answering) {
              event.preventDefault()
              onEditLast()
            }
          }}
          className="scroll-quiet mx-3 mt-3 mb-1 block max-h-52 w-[calc(100%-1.5rem)] resize-none bg-transparent text-[0.9375rem] leading-7 outline-none max-md:text-md"
        />
        <div className="flex items-center gap-1 px-1.5 pb-1.5">
          <ModelPicker models={models} value={model} onChange={onModel} />
          <ScopePicker value={scope} onChange={onScope} />
          <div className="ml-auto">
            {answering ? (
              <Tooltip label="Stop the answer" keys="esc" side="top">
                <Button size="icon" aria-label="Stop the answer" busy={stopping} onClick={onStop}>
                  <Square className="!size-3 fill-current" />
                </Button>
              </Tooltip>
            ) : (
              <Tooltip label="Send" keys="enter" side="top">
                <Button type="submit" variant="primary" size="icon" aria-label="Send" disabled={!canSend}>
                  <ArrowUp />
                </Button>
              </Tooltip>
            )}
          </div>
        </div>
      </form>
      <p className="mt-2 min-h-4 text-center text-xs text-pretty text-ink-3">
        {model && !model.isLanguageModel ? (
          <>
            {model.name} is no language model: it quotes the passages that fit best.{' '}
            <Button
              variant="link"
              size="inline"
              className="text-xs whitespace-normal"
              onClick={() => openOverlay('connect-model')}
            >
              Connect a language model
            </Button>
          </>
        ) : model ? (
          'Answers come from your documents; check the marked sources where it matters.'
        ) : null}
      </p>
    </div>
  )
}
