/** Where anybody can have an address, or anybody a domain. Not all there are: DNS proof is what decides. */
const everybodys = new Set(
  [
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com',
    'aol.com proton.me protonmail.com pm.me gmx.com gmx.de gmx.net web.de t-online.de mail.com mail.ru yandex.com',
    'yandex.ru zoho.com fastmail.com hey.com tutanota.com tuta.io qq.com 163.com 126.com naver.com',
    'co.uk org.uk ac.uk gov.uk me.uk com.au net.au org.au edu.au co.nz org.nz co.jp ne.jp or.jp ac.jp co.kr or.kr',
    'com.br net.br org.br com.mx com.ar com.co com.pe com.tr com.cn net.cn org.cn com.tw com.hk com.sg com.my co.in',
    'co.za org.za co.il com.ua com.pl co.id com.ph com.vn com.eg com.sa github.io gitlab.io vercel.app netlify.app',
    'herokuapp.com web.app pages.dev workers.dev onmicrosoft.com cloudfront.net amazonaws.com azurewebsites.net',
  ].flatMap((line) => line.split(' ')),
)

/** A domain as it is compared: lower case, ASCII, no dot at the end. Undefined for what is no domain name. */
export function toDomain(text: string): string | undefined {
  const trimmed = text.trim().replace(/\.$/, '')
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(trimmed)) return undefined
  const name = URL.parse(`http://${trimmed}/`)?.hostname
  if (name === undefined || name.length > 253 || /^[\d.]+$/.test(name)) return undefined
  return name.split('.').every((part) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(part)) ? name : undefined
}

/** Whether a domain is nobody's own: a public suffix, or one where anybody gets an address. */
export function isEverybodys(domain: string): boolean {
  return !domain.includes('.') || everybodys.has(domain)
}

/** The domain of an address, as it is compared. */
export function domainOf(email: string): string | undefined {
  const at = email.lastIndexOf('@')
  return at < 1 ? undefined : toDomain(email.slice(at + 1))
}
