import { useEffect, useState } from 'react'

/** A text box whose value belongs to the URL: what is typed shows at once and is written there when typing rests. */
export function useUrlText(
  value: string,
  write: (value: string) => void,
  restMs = 250,
): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value)
  const [written, setWritten] = useState(value)
  // The URL changed by other means (back, a link): it wins.
  if (value !== written) {
    setWritten(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === written) return
    const timer = setTimeout(() => {
      setWritten(typed)
      write(typed)
    }, restMs)
    return () => clearTimeout(timer)
  }, [typed, written, write, restMs])
  return [typed, setTyped]
}
