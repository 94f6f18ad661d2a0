import { useEffect, useState } from 'react'
import { FreeholdError } from '../../app/api.ts'

/** Whole seconds until the server takes another try after this refusal; 0 when it does. Counts down by itself. */
export function useWait(error: unknown): number {
  const [left, setLeft] = useState(0)
  useEffect(() => {
    const seconds = error instanceof FreeholdError && error.status === 429 ? error.retryAfterSeconds : null
    if (seconds === null) {
      setLeft(0)
      return
    }
    const untilMs = Date.now() + seconds * 1000
    setLeft(seconds)
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((untilMs - Date.now()) / 1000))
      setLeft(rest)
      if (rest === 0) clearInterval(timer)
    }, 1000)
    return () => clearInterval(timer)
  }, [error])
  return left
}

const units = { minute: ['minute', 'minutes'], hour: ['hour', 'hours'] } as const

/** 42 seconds, 3 minutes: rounded up, so that nobody comes too early. */
export function sayWait(seconds: number): string {
  if (seconds < 90) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
  const minutes = Math.ceil(seconds / 60)
  const [count, unit] =
    minutes < 90 ? ([minutes, 'minute'] as const) : ([Math.ceil(minutes / 60), 'hour'] as const)
  return `${count} ${units[unit][count === 1 ? 0 : 1]}`
}
