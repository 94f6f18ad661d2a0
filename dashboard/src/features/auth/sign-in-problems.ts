const problems: Record<string, string> = {
  not_begun_here:
    'This sign-in was not begun in this browser, or it took too long. Begin it again from this page.',
  provider_refused: 'Your identity provider did not sign you in. Try again, or ask who runs it.',
  not_set_up: 'Single sign-on is not set up for your organization, or was switched off.',
  not_proven: "Your identity provider's answer could not be verified. Ask your administrator to look at it.",
  email_missing:
    'Your identity provider did not tell your e-mail address. Your administrator can let it be shared.',
  email_unverified: 'Your identity provider has not verified your e-mail address yet.',
  foreign_domain: "Your e-mail address is not of a domain of your organization's.",
  deactivated: 'Your access to this organization was ended. Ask one of its administrators.',
  subject_changed:
    'Another account of your identity provider is tied to this address. Ask your administrator to untie it.',
  not_saved_by_owner:
    'Owners cannot sign in this way until one of them has saved the connection once more under Organization → Sign-in.',
  failed: 'Your identity provider could not be reached. Try again in a moment.',
}

/** A sentence about why single sign-on came to nothing, from the code in the address. */
export function singleSignOnProblem(code: string): string {
  return problems[code] ?? 'Single sign-on did not succeed. Try again, or sign in another way.'
}
