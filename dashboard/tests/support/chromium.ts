import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

export type { Page } from 'playwright-core'

const debianPath = '/usr/bin/chromium'

/** The Chromium to drive: what CHROMIUM_PATH names, else Debian's. Undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && named !== '') return named
  return existsSync(debianPath) ? debianPath : undefined
}

/** Starts it without a window, and without anything of its own that would reach for the network. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export const sizes = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const

export type Size = keyof typeof sizes
