import { readServerEvents } from '@freehold/sdk'
import { useEffect, useRef, useState } from 'react'
import { api, FreeholdError, fetchOk, take } from '../../app/api.ts'
import type { ListedCall } from '../../app/api-types.ts'

// One call of the playground: idle → running → done | stopped | failed. A new one ends the one before.

export interface Run {
  phase: 'idle' | 'running' | 'done' | 'stopped' | 'failed'
  text: string
  toolCalls: { name: string; arguments: string }[]
  error: unknown
  /** `triage@3`, where a prompt was used. */
  prompt: string | null
  /** What it cost and took, once it is settled. */
  record: ListedCall | null
}

const idle: Run = { phase: 'idle', text: '', toolCalls: [], error: null, prompt: null, record: null }

export function useRun(): { run: Run; start: (body: Record<string, unknown>) => void; stop: () => void } {
  const [run, setRun] = useState<Run>(idle)
  const current = useRef<AbortController>(undefined)
  useEffect(() => () => current.current?.abort(), [])

  async function go(body: Record<string, unknown>, control: AbortController): Promise<void> {
    const change = (part: Partial<Run> | ((old: Run) => Partial<Run>)): void => {
      if (current.current !== control) return
      setRun((old) => ({ ...old, ...(typeof part === 'function' ? part(old) : part) }))
    }
    setRun({ ...idle, phase: 'running' })
    let requestId: string | null = null
    try {
      const response = await fetchOk('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ ...body, stream: true }),
        signal: control.signal,
      })
      requestId = response.headers.get('x-request-id')
      change({ prompt: response.headers.get('x-freehold-prompt') })
      if (response.body === null) throw new Error('The answer has no body.')
      for await (const { data } of readServerEvents(response.body)) {
        if (data === '[DONE]') break
        const { text, toolCalls } = readChunk(data)
        if (text !== '') change((old) => ({ text: old.text + text }))
        if (toolCalls.length > 0) change((old) => ({ toolCalls: withPieces(old.toolCalls, toolCalls) }))
      }
      change({ phase: 'done' })
    } catch (error) {
      change(control.signal.aborted ? { phase: 'stopped' } : { phase: 'failed', error })
    }
    if (requestId !== null) change({ record: await findRecord(requestId) })
  }

  return {
    run,
    start(body) {
      current.current?.abort()
      const control = new AbortController()
      current.current = control
      void go(body, control)
    },
    stop: () => current.current?.abort(),
  }
}

interface ToolPiece {
  index: number
  function?: { name?: string; arguments?: string }
}

function readChunk(data: string): { text: string; toolCalls: ToolPiece[] } {
  // The contract of a chunk; an error in the middle of a stream has OpenAI's shape.
  const chunk = JSON.parse(data) as {
    error?: { message?: string; code?: string }
    choices?: { delta?: { content?: string | null; tool_calls?: ToolPiece[] } }[]
  }
  if (chunk.error) {
    const { message = 'The answer broke off.', code = 'error' } = chunk.error
    throw new FreeholdError({ status: 502, code, message })
  }
  const delta = chunk.choices?.[0]?.delta
  return { text: delta?.content ?? '', toolCalls: delta?.tool_calls ?? [] }
}

function withPieces(before: Run['toolCalls'], pieces: readonly ToolPiece[]): Run['toolCalls'] {
  const calls = [...before]
  for (const { index, function: piece } of pieces) {
    const call = calls[index] ?? { name: '', arguments: '' }
    calls[index] = {
      name: call.name + (piece?.name ?? ''),
      arguments: call.arguments + (piece?.arguments ?? ''),
    }
  }
  return calls
}

/** Looked for among the newest: it is written when the call ends, on whichever side the end is noticed first. */
async function findRecord(requestId: string): Promise<ListedCall | null> {
  for (let attempt = 0; attempt < 8; attempt++) {
    try {
      const newest = await take(api.GET('/api/v1/usage/records', { params: { query: { limit: 20 } } }))
      const record = newest.data.find((one) => one.requestId === requestId)
      if (record) return record
    } catch {
      // The answer is there; what it cost is in the request log.
      return null
    }
    await new Promise((resolve) => setTimeout(resolve, 150 * (attempt + 1)))
  }
  return null
}
