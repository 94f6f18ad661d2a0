import { describe, expect, test } from 'vitest'
import { chooseVersion } from './choose-version.ts'
import { nearestNames } from './nearest-names.ts'

const people = Array.from({ length: 4_000 }, (_, place) => `person-${place}`)

function prompt(canaryPercent: number | null, canaryVersion = 3) {
  const label = {
    label: 'production',
    version: 2,
    canaryVersion: canaryPercent === null ? null : canaryVersion,
    canaryPercent,
  }
  return { id: 'p1', latestVersion: 5, labels: [label] }
}

const inCanary = (of: ReturnType<typeof prompt>) =>
  new Set(people.filter((person) => chooseVersion(of, {}, person)?.isCanary === true))

describe('a call gets', () => {
  test.each([
    [{}, { number: 2, isCanary: false }],
    [{ label: 'production' }, { number: 2, isCanary: false }],
    [{ label: 'latest' }, { number: 5, isCanary: false }],
    [{ version: 4 }, { number: 4, isCanary: false }],
    [{ label: 'staging' }, undefined],
  ])('for %j %j', (wanted, expected) => {
    expect(chooseVersion(prompt(null), wanted, 'ada')).toEqual(expected)
  })
})

describe('a canary', () => {
  test.each([1, 10, 50, 90, 99])('of %i percent is given to about that share', (percent) => {
    const share = (inCanary(prompt(percent)).size / people.length) * 100
    expect(Math.abs(share - percent)).toBeLessThan(3)
  })

  test('keeps one subject on one side, call after call', () => {
    const sides = Array.from({ length: 50 }, () => chooseVersion(prompt(50), {}, 'ada')?.number)
    expect(new Set(sides).size).toBe(1)
  })

  test('that grows keeps those it had', () => {
    const [few, many] = [inCanary(prompt(10)), inCanary(prompt(40))]
    expect([...few].filter((person) => !many.has(person))).toEqual([])
  })

  test('of another version draws other people', () => {
    const [first, second] = [inCanary(prompt(50)), inCanary(prompt(50, 4))]
    const both = [...first].filter((person) => second.has(person)).length
    expect(both).toBeLessThan(first.size * 0.6)
  })

  test('is not in the way of a call that names a version', () => {
    expect(people.every((person) => chooseVersion(prompt(99), { version: 2 }, person)?.number === 2)).toBe(
      true,
    )
  })
})

describe('the nearest names', () => {
  test.each([
    ['traige', ['triage']],
    ['Triage', ['triage', 'triage-mail']],
    ['support/triage', ['triage', 'triage-mail']],
    ['something else', []],
  ])('to %j are %j', (asked, expected) => {
    expect(nearestNames(asked, ['summary', 'triage', 'triage-mail', 'weather'])).toEqual(expected)
  })
})
