import type { ListedCall } from '../../app/api-types.ts'

/** Who made a call, in a few words. */
export function whoText({ who, userId }: Pick<ListedCall, 'who' | 'userId'>): string {
  if (who.serviceAccount) return who.serviceAccount.name ?? 'A service account'
  if (who.member?.name) return who.apiKey?.name ? `${who.member.name}, ${who.apiKey.name}` : who.member.name
  if (who.apiKey) return who.apiKey.name ?? 'A key that is gone'
  return userId === null ? 'Freehold' : 'Somebody who left'
}
