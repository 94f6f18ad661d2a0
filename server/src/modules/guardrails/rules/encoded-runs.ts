/**
 * What stands in a text as Base64 or as hexadecimal digits, read as the text that it encodes.
 *
 * A run is looked at when it ends and each time it has grown by some hundred characters; the decoded text of two looks
 * overlaps, so that nothing is lost between them.
 */
export interface EncodedRuns {
  push(character: string, offset: number): void
  end(): void
  /** Where what may still become an encoded text begins. */
  heldFrom(): number
}

interface Alphabet {
  takes(character: string): boolean
  /** How many characters of a run carry something, at least, before it is looked at. */
  readonly least: number
  decode(run: string): string[]
}

/** How much of a run is kept between two looks, and how much comes in between. */
const keptCharacters = 2_048
const lookEvery = 512

const base64: Alphabet = {
  takes: (character) => /[A-Za-z0-9+/_=\r\n-]/.test(character),
  least: 24,
  decode(run) {
    const signs = run
      .replace(/[\r\n]+/g, '')
      .replace(/-/g, '+')
      .replace(/_/g, '/')
    // Nobody says where it begins: a letter before it moves all that follows.
    return [0, 1, 2, 3].map((skipped) => Buffer.from(signs.slice(skipped), 'base64').toString('utf8'))
  },
}

const hexadecimal: Alphabet = {
  takes: (character) => /[0-9A-Fa-f\s,:;%\\x]/.test(character),
  least: 32,
  decode(run) {
    const digits = run.replace(/0x|[^0-9A-Fa-f]/g, '')
    return [0, 1].map((skipped) => Buffer.from(digits.slice(skipped), 'hex').toString('utf8'))
  },
}

/** @param onText told of each decoded text, whatever is in it */
export function createEncodedRuns(onText: (text: string) => void): EncodedRuns {
  const readers = [base64, hexadecimal].map((alphabet) => createRunReader(alphabet, onText))
  return {
    push(character, offset) {
      for (const reader of readers) reader.push(character, offset)
    },
    end() {
      for (const reader of readers) reader.end()
    },
    heldFrom: () => Math.min(...readers.map((reader) => reader.heldFrom())),
  }
}

function createRunReader({ takes, least, decode }: Alphabet, onText: (text: string) => void): EncodedRuns {
  let run = ''
  let start = 0
  /** Of `run`, what carries something. */
  let carrying = 0
  let sinceLook = 0

  function look(): void {
    sinceLook = 0
    for (const text of decode(run)) onText(text)
  }

  function end(): void {
    if (carrying >= least) look()
    run = ''
    carrying = 0
    sinceLook = 0
  }

  return {
    push(character, offset) {
      if (!takes(character)) {
        end()
        return
      }
      const carries = /[^\s,:;]/.test(character)
      // Blanks alone begin nothing.
      if (run === '' && !carries) return
      if (run === '') start = offset
      run += character
      if (!carries) return
      carrying += 1
      sinceLook += 1
      if (carrying < least || sinceLook < lookEvery) return
      look()
      if (run.length > keptCharacters) {
        start += run.length - keptCharacters
        run = run.slice(-keptCharacters)
      }
    },
    end,
    heldFrom: () => (carrying >= least ? start : Number.POSITIVE_INFINITY),
  }
}
