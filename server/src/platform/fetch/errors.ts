import { defineError } from '../errors.ts'

export const fetchRefused = defineError('fetch.refused', 422, 'This address may not be fetched.')
export const fetchTooManyRedirects = defineError(
  'fetch.too_many_redirects',
  422,
  'The address redirects too often.',
)
export const fetchTooLarge = defineError('fetch.too_large', 422, 'The answer is larger than is accepted.')
export const fetchTimeout = defineError('fetch.timeout', 504, 'The other server took too long to answer.')
export const fetchFailed = defineError('fetch.failed', 502, 'The other server could not be reached.')
