import { createMathPlugin } from '@streamdown/math'
import './math.css'

/** Formulas between double dollars; single ones are mostly prices, and `dollarMath` doubles those that are not. */
export const mathPlugin = createMathPlugin({ errorColor: 'var(--red)' })
