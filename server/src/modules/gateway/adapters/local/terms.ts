/** Words as the extractive model compares them: lower case, without accents, endings and words that carry no subject. */

const english =
  'a about above after again against all also am an and any are as at be because been before being below between both but by can could did do does doing done down during each either else ever every few for from further get gets give given gives go goes had has have having he her here hers him his how however i if in into is it its itself just let like made make makes many may me might more most much must my no nor not now of off on once one only or other our out over own please same say says shall she should show so some such than that the their them then there these they this those through to too under until up upon us use very via was we were what when where whether which while who whom whose why will with within without would you your yours'
const conversational =
  'hello hey hi thanks thank tell know want wonder wondering wondered explain describe list find mention mentions mentioned document documents doc docs file files text passage passages according question answer need help something anything everything thing things'
const german =
  'aber als am an auch auf aus bei bin bis bitte da damit das dass dem den der des dessen diese dieser dieses doch du ein eine einem einen einer eines er es etwas fur gibt haben hier ich ihm ihn ihr ihre im in ist ja jede jeder kann kannst kein keine konnen man mehr mein mit muss nach nicht noch nur ob oder ohne sehr sein seine sich sie sind so soll sowie um und uns unter vom von vor wann warum was wegen weil welche welcher welches wenn wer werden wie wieviel will wir wird wo wurde wurden zu zum zur'
const romance =
  'al au aux avec ce ces cette comme como con cual cuando cuanto dans de del des donde du el elle elles en entre es est esta este et eux il ils je la las le les leur leurs lo los mais me mes mi mon ne nos notre nous o ou ou par para pas pero plus por porque pour pourquoi qu que quel quelle quels qui quien quoi sa sans se ses si sobre son sont su sur sus te tu un una une vos votre vous y'

const stopWords: ReadonlySet<string> = new Set(
  [english, conversational, german, romance].join(' ').split(' '),
)

const wordPattern = /[\p{L}\p{N}]+/gu
/** Scripts that write no spaces between words, and Korean, whose particles stick to them: pairs of characters stand in for words. */
const unspacedPattern =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

/** The terms of a text in their order, repeats included. */
export function termsOf(text: string): string[] {
  const terms: string[] = []
  const folded = text
    .replace(/['’]s\b/g, '')
    // "e-mail" is "email".
    .replace(/(?<![\p{L}\p{N}])(\p{L})-(?=\p{L}{3})/gu, '$1')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFKC')
  for (const [word] of folded.matchAll(wordPattern)) {
    if (unspacedPattern.test(word)) terms.push(...pairsOf(word))
    else if (!stopWords.has(word) && (word.length > 1 || /\d/.test(word))) terms.push(stem(word))
  }
  return terms
}

function pairsOf(run: string): string[] {
  const characters = Array.from(run)
  if (characters.length === 1) return characters
  const pairs = characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`)
  // Hiragana alone is grammar; behind a Han character it is that word's ending.
  const meaningful = pairs.filter(
    (pair) => !/\p{Script=Hiragana}/u.test(pair) || /^\p{Script=Han}/u.test(pair),
  )
  return meaningful.length > 0 ? meaningful : pairs
}

/** Folds the endings that inflect an English word onto one form. Not a dictionary form: only ever compared with itself. */
function stem(word: string): string {
  if (word.length < 4 || /\d/.test(word)) return word
  const singular = word
    .replace(/ies$/, 'y')
    .replace(/(ss|x|z|ch|sh)es$/, '$1')
    .replace(/([^su])s$/, '$1')
  const base = singular
    .replace(/^(.{4,})(?:ations?|ated|ating|ates?)$/, '$1')
    .replace(/^(.{3,})(?:ments?|ness)$/, '$1')
    .replace(/^(.{4,})(?:ings?|edly|ed|ly|er|ion)$/, '$1')
    .replace(/^(.{3})(?:ing|ed)$/, '$1')
  const undoubled = base === singular ? base : base.replace(/([bdfglmnprt])\1$/, '$1')
  return undoubled.length > 3 ? undoubled.replace(/(?:e|y|i)$/, '') : undoubled
}

/**
 * How far two terms are the same word: 1 when equal, less when one is the other with an ending the stemmer does not know
 * (other languages, compounds), 0 otherwise.
 */
export function likeness(one: string, other: string): number {
  if (one === other) return 1
  const shorter = Math.min(one.length, other.length)
  if (shorter < 5 || Math.abs(one.length - other.length) > 4) return 0
  return one.startsWith(other) || other.startsWith(one) ? 0.7 : 0
}
