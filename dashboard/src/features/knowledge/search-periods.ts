/** What the search can be narrowed to: the last days in which documents were added or changed. */
export const searchPeriods = [
  'added-7',
  'added-30',
  'added-365',
  'changed-7',
  'changed-30',
  'changed-365',
] as const
export type SearchPeriod = (typeof searchPeriods)[number]
