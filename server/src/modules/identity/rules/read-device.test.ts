import { expect, test } from 'vitest'
import { readDevice } from './read-device.ts'

test.each([
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Safari/605.1.15',
    ['Safari 18', 'macOS', 'desktop'],
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1',
    ['Safari 18', 'iOS', 'mobile'],
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.86',
    ['Edge 131', 'Windows', 'desktop'],
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.135 Mobile Safari/537.36',
    ['Chrome 131', 'Android', 'mobile'],
  ],
  [
    'Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
    ['Chrome 130', 'Android', 'tablet'],
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    ['Firefox 133', 'Linux', 'desktop'],
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1',
    ['Chrome 131', 'iOS', 'mobile'],
  ],
  ['curl/8.5.0', ['curl', null, 'program']],
  ['node', [null, null, 'unknown']],
  ['', [null, null, 'unknown']],
  [`${'Mozilla/5.0 ('.repeat(25)}`, [null, null, 'unknown']],
])('%s', (userAgent, [browser, os, kind]) => {
  expect(readDevice(userAgent)).toEqual({ browser, os, kind })
})
