const code = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`)/

/**
 * Formulas in the one form that is read, between double dollars: models also write `\( \)`, `\[ \]` and single
 * dollars. Between single ones only what looks like a formula is taken for one, since most are prices. Code stays.
 */
export function dollarMath(text: string): string {
  if (!/[$\\]/.test(text)) return text
  return text
    .split(code)
    .map((part, index) => (index % 2 === 1 ? part : doubled(part)))
    .join('')
}

function doubled(text: string): string {
  return (
    text
      // Alone on its line it is meant to stand apart, which only dollars on lines of their own say.
      .replace(/^[ \t]*\$\$([^$\n]+)\$\$[ \t]*$/gm, (_, formula: string) => `$$\n${formula.trim()}\n$$`)
      .replace(/\\\[([\s\S]+?)\\\]/g, (_, formula: string) => `\n$$\n${formula.trim()}\n$$\n`)
      .replace(/\\\(([^\n]+?)\\\)/g, (_, formula: string) => `$$${formula.trim()}$$`)
      .replace(/(?<![\\$\w])\$([^\s$](?:[^$\n]*[^\s$\\])?)\$(?![$\w])/g, (all, formula: string) =>
        /[\\^_=]/.test(formula) || /^[a-zA-Z]$/.test(formula) ? `$$${formula}$$` : all,
      )
  )
}

/** Whether there is a formula, so that what draws formulas is worth loading. */
export function hasMath(text: string): boolean {
  return text.includes('$$')
}
