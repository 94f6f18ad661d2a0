import type { Message } from '../../app/api-types.ts'
import { turnKey } from './answers.ts'
import type { LiveAnswer } from './live-answer.ts'
import type { TurnPhase } from './turn.tsx'
import { withoutReplaced } from './without-replaced.ts'

export interface TurnData {
  key: string
  question: Message
  answer: Message | null
  phase: TurnPhase
  live: LiveAnswer | null
}

/** The conversation as questions with their answers: what is stored, then what is being written now. */
export function turnsOf(messages: Message[], live: LiveAnswer | undefined): TurnData[] {
  const turns: TurnData[] = []
  for (const message of withoutReplaced(messages, live?.replacedId ?? null)) {
    if (message.id === live?.question.id || message.id === live?.message?.id) continue
    const last = turns.at(-1)
    if (message.role === 'user') {
      turns.push({ key: turnKey(message.id), question: message, answer: null, phase: 'settled', live: null })
    } else if (last && last.answer === null) {
      last.answer = message
    }
  }
  if (live) {
    turns.push({
      key: live.message ? turnKey(live.question.id) : live.key,
      question: live.question,
      answer: live.message,
      phase: live.phase === 'failed' ? 'settled' : live.phase,
      live,
    })
  }
  return turns
}
