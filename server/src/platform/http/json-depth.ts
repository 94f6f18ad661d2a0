const quote = 0x22
const backslash = 0x5c

/**
 * Whether arrays and objects of a JSON text stand in each other deeper than `most`. Whoever walks through such a value
 * by recursion runs out of stack, so it is refused before it is one.
 */
export function isNestedDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let place = 0; place < text.length; place++) {
    const sign = text.charCodeAt(place)
    if (sign === quote) place = endOfString(text, place)
    // [ and {
    else if (sign === 0x5b || sign === 0x7b) {
      if (++depth > most) return true
    }
    // ] and }
    else if (sign === 0x5d || sign === 0x7d) depth--
  }
  return false
}

/** Where the string that begins at `start` ends: at its quote, or with the text. */
function endOfString(text: string, start: number): number {
  let end = start
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end === -1) return text.length
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
}
