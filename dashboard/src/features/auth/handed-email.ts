// The address typed on one page is there on the next. In memory and not in the URL: URLs are logged and shared.

let handed = ''

export function handOverEmail(email: string): void {
  handed = email
}

export function handedEmail(): string {
  return handed
}
