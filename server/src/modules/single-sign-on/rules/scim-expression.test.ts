import { expect, test } from 'vitest'
import { faultOfExpression } from './scim-expression.ts'

const long = 10_000

test.each([
  'userName eq "ada@acme.example"',
  'title eq "Countess (retired) [or so" and displayName pr',
  'not (active eq false)',
  'emails[type eq "work" and value co "@acme.example"].value',
  'members[value eq "2819c223-7f76-453a-919d-413861904646"]',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "R&D"',
  '(a eq 1 or b eq 2) and (c eq 3 or d eq 4)',
])('%s is let through', (text) => {
  expect(faultOfExpression(text, long)).toBeUndefined()
})

test.each([
  ['longer', 'a'.repeat(long + 1)],
  ['does not end', `userName eq "${'\\'.repeat(40)}`],
  ['does not end', 'userName eq "ada'],
  ['backslash', `userName eq "${'\\'.repeat(1_900)}"`],
  ['control character', `userName eq "${'\n'.repeat(40)}"`],
  ['compares', Array(18).fill('(a eq 1 or b eq 2)').join(' and ')],
  ['alternatives', Array(10).fill('(a or b)').join(' and ')],
  ['alternatives', `a${'[b or c].x'.repeat(8)}`],
  ['nested', `${'('.repeat(5)}a eq 1${')'.repeat(5)}`],
  ['match', '(a eq 1'],
  ['match', '(a eq 1]'],
  ['match', 'a eq 1)'],
])('is refused: %s', (fault, text) => {
  expect(faultOfExpression(text, long)).toContain(fault)
})
