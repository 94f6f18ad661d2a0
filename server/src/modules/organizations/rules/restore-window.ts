const restorableMs = 30 * 86_400_000

/** When a deleted organization can be restored no more, and is erased soon after. */
export function erasedAfter(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + restorableMs)
}

/** Organizations deleted before this moment are past restoring. */
export function restorableSince(now: Date): Date {
  return new Date(now.getTime() - restorableMs)
}
