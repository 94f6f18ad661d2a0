// The token of a letter's link, kept while somebody signs in or creates an account on the way to accepting. It stays in
// this tab: in the address of another page it would be sent to the server and written into its log.

const storageKey = 'freehold.invitation'

export interface HeldInvitation {
  token: string
  /** Whose invitation it is and to what, once the server has said so: the forms on the way are filled with it. */
  email?: string
  organization?: string
}

/** Where the page of the invitation is, for coming back to it. */
export const invitationPath = '/invitation'

let held: HeldInvitation | null = read()

function read(): HeldInvitation | null {
  try {
    const text = sessionStorage.getItem(storageKey)
    // Written by this file alone.
    return text === null ? null : (JSON.parse(text) as HeldInvitation)
  } catch {
    return null
  }
}

export function holdInvitation(next: HeldInvitation | null): void {
  held = next
  try {
    if (next === null) sessionStorage.removeItem(storageKey)
    else sessionStorage.setItem(storageKey, JSON.stringify(next))
  } catch {
    // Then it lasts until the page is loaded anew, and the letter is still there.
  }
}

export function heldInvitation(): HeldInvitation | null {
  return held
}

/** What a form on the way back to the invitation is filled with; null when it does not lead there. */
export function invitationOnTheWay(redirect: string | undefined): HeldInvitation | null {
  return redirect === invitationPath ? held : null
}
