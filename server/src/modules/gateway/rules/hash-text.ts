/**
 * A number in [0, 1) that the text alone decides, evenly spread: 53 bits of two multiplicative mixers. For spreading, not
 * for secrets.
 */
export function fractionOf(text: string): number {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 0xcc9e2d51)
    low = Math.imul(low ^ unit, 0x1b873593)
    // Each feeds the other, so that neither cycles by itself.
    high ^= low >>> 15
    low ^= high >>> 13
  }
  high = Math.imul(high ^ (high >>> 16), 0x7feb352d) ^ Math.imul(low ^ (low >>> 13), 0x846ca68b)
  low = Math.imul(low ^ (low >>> 16), 0x7feb352d) ^ Math.imul(high ^ (high >>> 13), 0x846ca68b)
  return ((high >>> 0) * 2 ** 21 + (low >>> 11)) / 2 ** 53
}
