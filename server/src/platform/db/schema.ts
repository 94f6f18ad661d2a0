import { customType, pgSchema, timestamp } from 'drizzle-orm/pg-core'

/** Every table of the program stands in this schema. */
export const freehold = pgSchema('freehold')

/** A point in time, as a `Date`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** pgvector's half-precision vector of any length, as a text literal `[…]`. */
export const halfVector = customType<{ data: readonly number[]; driverData: string }>({
  dataType: () => 'halfvec',
  toDriver: (value) => `[${value.join(',')}]`,
  fromDriver: (value) => value.slice(1, -1).split(',').map(Number),
})
