import { domainOf } from './sign-in-domain.ts'

/**
 * The address of a user as an identity provider describes them: the primary one, else the one at work, else the first,
 * else the user name where that is an address. Undefined where there is none.
 */
export function addressOf(user: Readonly<Record<string, unknown>>): string | undefined {
  const emails = (Array.isArray(user.emails) ? user.emails : []).flatMap((one: unknown) => {
    const { value, type, primary } = Object(one) as Record<string, unknown> // whatever it is
    return typeof value === 'string' && isAddress(value) ? [{ value, type, primary }] : []
  })
  const chosen =
    emails.find((one) => one.primary === true) ?? emails.find((one) => one.type === 'work') ?? emails[0]
  if (chosen) return chosen.value.toLowerCase()
  const { userName } = user
  return typeof userName === 'string' && isAddress(userName) ? userName.toLowerCase() : undefined
}

function isAddress(text: string): boolean {
  return (
    text.length <= 254 && /^[^\s@"<>()[\]\\,;:\p{Cc}]+@[^\s@]+$/u.test(text) && domainOf(text) !== undefined
  )
}

/** What a person is called, by what there is. */
export function nameOf(user: Readonly<Record<string, unknown>>, email: string): string {
  const { displayName } = user
  const name = Object(user.name) as Record<string, unknown> // whatever it is
  const full = [name.givenName, name.familyName]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ')
  const found = [displayName, name.formatted, full].find(
    (one) => typeof one === 'string' && one.trim() !== '',
  )
  return String(found ?? email.slice(0, email.lastIndexOf('@')))
    .trim()
    .slice(0, 120)
}
