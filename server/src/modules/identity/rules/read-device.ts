export interface Device {
  browser: string | null
  os: string | null
  kind: 'desktop' | 'mobile' | 'tablet' | 'program' | 'unknown'
}

/** The first that matches counts: most browsers also name those they descend from. */
const browsers: readonly [RegExp, string][] = [
  [/\b(?:Edg|EdgA|EdgiOS)\/(\d+)/, 'Edge'],
  [/\b(?:OPR|OPT|Opera)\/(\d+)/, 'Opera'],
  [/\bVivaldi\/(\d+)/, 'Vivaldi'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/\b(?:iPhone|iPod)\b/, 'iOS'],
  [/\biPad\b/, 'iPadOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

/** What a user-agent header says of a device, in the words a person would use. It can lie: it is shown, never trusted. */
export function readDevice(userAgent: string | null): Device {
  if (!userAgent) return { browser: null, os: null, kind: 'unknown' }
  const os = systems.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null
  for (const [pattern, name] of browsers) {
    const version = userAgent.match(pattern)?.[1]
    if (version) return { browser: `${name} ${version}`, os, kind: kindOf(userAgent, os) }
  }
  const program = userAgent.match(/^([\w.@/-]{1,40}?)\/\d/)?.[1]
  if (program === undefined || program === 'Mozilla')
    return { browser: null, os, kind: kindOf(userAgent, os) }
  return { browser: program, os, kind: 'program' }
}

function kindOf(userAgent: string, os: string | null): Device['kind'] {
  if (os === 'iPadOS') return 'tablet'
  // Android tablets are those that do not say "Mobile".
  if (os === 'Android') return /\bMobile\b/.test(userAgent) ? 'mobile' : 'tablet'
  if (os === 'iOS') return 'mobile'
  return os === null ? 'unknown' : 'desktop'
}
