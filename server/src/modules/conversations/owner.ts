import type { Caller } from '../../platform/context.ts'

/** Whose a conversation is: the person's, or the API key's. */
export function ownerOf(caller: Caller): string | null {
  return caller.userId ?? caller.apiKeyId
}
