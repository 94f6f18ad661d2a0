import { expect, test } from 'vitest'
import { createFlights } from './flights.ts'

const signal = new AbortController().signal

function take<T extends { leads: boolean }, L extends boolean>(joined: T, leads: L) {
  expect(joined.leads).toBe(leads)
  return joined as Extract<T, { leads: L }> // just checked
}

test('one leads and the others get its answer; then the name is free again', async () => {
  const flights = createFlights<string>()
  const lead = take(flights.join('a'), true)
  const waits = [1, 2].map(() => take(flights.join('a'), false).wait(signal, 60_000))
  take(flights.join('b'), true)
  const stored = Promise.withResolvers<void>()
  lead.land('answer', stored.promise)
  lead.land(undefined)
  expect(await Promise.all(waits)).toEqual(['answer', 'answer'])
  // Landed a second time with nothing: the first time counts, and the name was given back.
  stored.resolve()
  await stored.promise
  await new Promise((resolve) => setImmediate(resolve))
  take(flights.join('a'), true)
})

test('who comes before the answer is stored is given it too', async () => {
  const flights = createFlights<string>()
  const stored = Promise.withResolvers<void>()
  take(flights.join('a'), true).land('answer', stored.promise)
  expect(await take(flights.join('a'), false).wait(signal, 60_000)).toBe('answer')
})

test('a flight without an answer hands its place to the first who asks again', async () => {
  const flights = createFlights<string>()
  const lead = take(flights.join('a'), true)
  const waiting = take(flights.join('a'), false).wait(signal, 60_000)
  lead.land(undefined)
  expect(await waiting).toBeUndefined()
  take(flights.join('a'), true)
  take(flights.join('a'), false)
})

test('one that never lands is waited for no longer than that, and is forgotten', async () => {
  const flights = createFlights<string>()
  take(flights.join('a'), true)
  expect(await take(flights.join('a'), false).wait(signal, 5)).toBeUndefined()
  take(flights.join('a'), true)
})

test('who leaves waits no more, and the others do', async () => {
  const flights = createFlights<string>()
  const lead = take(flights.join('a'), true)
  const leaving = new AbortController()
  const gone = take(flights.join('a'), false).wait(leaving.signal, 60_000)
  const stays = take(flights.join('a'), false).wait(signal, 60_000)
  leaving.abort(new Error('left'))
  await expect(gone).rejects.toThrow('left')
  lead.land('answer')
  expect(await stays).toBe('answer')
})
