/** Personal data that has a shape, and secrets that have one. */
export const piiKinds = ['email', 'phone', 'iban', 'card', 'ip', 'ssn', 'secret'] as const
export type PiiKind = (typeof piiKinds)[number]
