import type { ModelAlias } from '../../app/api-types.ts'

type Strategy = ModelAlias['strategy']

export const strategies: Readonly<Record<Strategy, { label: string; about: string }>> = {
  priority: { label: 'In order', about: 'The first that works, in the order of the list.' },
  weighted: { label: 'By weight', about: 'By chance, each as often as its weight says.' },
  cheapest: { label: 'Cheapest', about: 'Whichever costs least for a call like this one.' },
  fastest: { label: 'Fastest', about: 'Whichever has answered soonest in the last minutes.' },
  least_busy: { label: 'Least busy', about: 'Whichever has the fewest calls under way.' },
  cache_affine: {
    label: 'Keep conversations together',
    about: 'A conversation stays with one model, whose provider has its beginning cached.',
  },
}

// Object.keys forgets the key type; the object above is the whole list.
export const strategyOptions = (Object.keys(strategies) as Strategy[]).map((value) => ({
  value,
  label: strategies[value].label,
}))

/** Where a weight has a say. */
export const weighs: ReadonlySet<Strategy> = new Set<Strategy>(['weighted', 'least_busy', 'cache_affine'])
