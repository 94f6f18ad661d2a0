import { createLogger } from '../telemetry/logger.ts'
import { openJournal } from './journal.ts'

// A process whose files may not grow beyond what its parent has set: it appends until it cannot, makes room, appends again,
// and says what was acknowledged. It ends without closing.
const [folder = ''] = process.argv.slice(2)
const journal = await openJournal(folder, createLogger({ level: 'silent', format: 'json' }), {
  compactAboveBytes: 1_000_000_000,
})
const acknowledged: number[] = []
let refused = 0
const append = async (number: number) => {
  // Several at once, so that a write may stop in the middle of any.
  const text = JSON.stringify({ number, filling: 'x'.repeat(300) })
  try {
    await journal.append(text)
    acknowledged.push(number)
  } catch {
    refused++
  }
}
for (let from = 0; from < 60; from += 6)
  await Promise.all([0, 1, 2, 3, 4, 5].map((offset) => append(from + offset)))
const refusedWhenFull = refused
// A short one still fits.
await journal.append(JSON.stringify({ number: 1_000 })).then(
  () => acknowledged.push(1_000),
  () => refused++,
)
process.stdout.write(JSON.stringify({ acknowledged, refusedWhenFull }))
process.kill(process.pid, 'SIGKILL')
