// A question asked outside of Chat (home, palette) is handed over in memory and not in the address: a link from
// elsewhere must not be able to ask, and spend, in the reader's name.

let handed: string | null = null

export function handOverQuestion(question: string): void {
  handed = question
}

/** The question that was handed over, once. */
export function takeHandedQuestion(): string | null {
  const question = handed
  handed = null
  return question
}
